package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"menshen"
	"menshen/simulation"
	"menshen/store/sqlite"
)

// simulationFile keeps which community lives in a data folder.
const simulationFile = "simulation.json"

// openCommunity makes the community of a data folder: the one that lives there, or the one asked for, which then does.
func openCommunity(data *dataFolder, people int, seed uint64) (*simulation.Community, error) {
	const op = "cmd.simulation"
	path := data.file(simulationFile)
	kept := struct {
		People int    `json:"people"`
		Seed   uint64 `json:"seed"`
	}{people, seed}
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		err = json.Unmarshal(b, &kept)
	case errors.Is(err, fs.ErrNotExist):
		if b, err = json.Marshal(kept); err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
	}
	if err != nil {
		return nil, diskError(op, path, err)
	}
	return simulation.New(simulation.Config{People: kept.People, Seed: kept.Seed})
}

// settle registers the people of a simulated community who are not there yet.
func settle(ctx context.Context, c *simulation.Community, registry *sqlite.Site, people *directory) error {
	var missing []menshen.Person
	for _, p := range c.People() {
		if _, ok := people.Person(p.ID); !ok {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := registry.AddPeople(ctx, missing); err != nil {
		return err
	}
	people.put(missing...)
	return nil
}

// simulate plays the community: what happened since the last pass (or the configured days, at the first start), then
// what happens now. Passes go the way of real ones, from the outbox on.
func (h *hub) simulate(ctx context.Context) error {
	now := time.Now()
	from := now.AddDate(0, 0, -h.cfg.Simulation.Days)
	latest, err := h.pipeline.latest(ctx)
	if err != nil {
		return err
	}
	if !latest.Before(from) {
		from = latest.Add(time.Millisecond)
	}
	if err := playHistory(ctx, h.pipeline, h.simulated, from, now, func(int) {}); err != nil {
		return err
	}
	return h.simulated.Live(ctx, time.Now, simulation.LiveConfig{From: now}, func(p menshen.Pass) error {
		return untilKept(ctx, func() error {
			_, err := h.pipeline.outbox.Append(ctx, p)
			return err
		})
	})
}

// untilKept tries again while the disk is full, as the gates do.
func untilKept(ctx context.Context, keep func() error) error {
	for {
		err := keep()
		if menshen.ErrorCode(err) != menshen.CodeExhausted {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// historyBatch is how many passes of the past go into the outbox in one commit.
const historyBatch = 2000

// playHistory puts the passes of [from, to) into the outbox; done hears how many.
func playHistory(ctx context.Context, p *pipeline, c *simulation.Community, from, to time.Time, done func(n int)) error {
	batch := make([]menshen.Pass, 0, historyBatch)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := untilKept(ctx, func() error {
			_, err := p.outbox.AppendMany(ctx, batch)
			return err
		})
		done(len(batch))
		batch = batch[:0]
		return err
	}
	for pass := range c.Passes(from, to) {
		if batch = append(batch, pass); len(batch) == historyBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
