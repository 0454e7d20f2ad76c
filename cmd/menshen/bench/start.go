package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"menshen"
	"menshen/store/sqlite"
)

// StartOptions are the flags of menshen bench start.
type StartOptions struct {
	Engine string // opencv or dlib; the configuration's if empty
	Passes int    // in the pass log, 0 to 100 million
	People int    // in the registry, 1 to 1 million
	Days   int    // over which the passes are spread, up to now, 1 to 365
	Times  int    // starts of each kind, 1 to 100
	Rows   bool   // measure a start without any page of passes too
}

func (o StartOptions) check() error {
	for _, x := range []struct {
		flag            string
		value, from, to int
	}{{"passes", o.Passes, 0, 100_000_000}, {"people", o.People, 1, 1_000_000}, {"days", o.Days, 1, 365}, {"times", o.Times, 1, 100}} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).WithHint("use %d to %d", x.from, x.to)
		}
	}
	return nil
}

// startReport is what menshen bench start prints.
type startReport struct {
	Machine Machine `json:"machine"`
	Passes  int     `json:"passes"`
	People  int     `json:"people"`
	Days    int     `json:"days"`
	Bytes   int64   `json:"bytes"` // of the site's database
	Disk    string  `json:"disk"`
	Others  float64 `json:"others"` // processors that other programs used meanwhile

	CPU    map[string]float64 `json:"cpu_ms"` // processor time of the hub until it answered, means, by kind of start
	First  spread             `json:"first"`  // no page of passes is written yet: every row is read, as after an upgrade
	Killed spread             `json:"killed"` // after kill -9
	Ended  spread             `json:"ended"`  // after an end in order
	Ending spread             `json:"ending"` // how long that took
}

// Start measures how long menshen serve takes until it answers, with a pass log and a registry of a size.
func Start(ctx context.Context, p Program, o StartOptions) (_ Report, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	cfg, err := p.Config()
	if err != nil {
		return nil, err
	}
	if o.Engine != "" {
		cfg.Engine.Name = o.Engine
	}
	crowd := newPassers(IngestOptions{Gates: 1, People: o.People})
	// The camera does not exist: what is measured is the hub, and it waits for none.
	hub, err := p.newSite(cfg, []string{"rtsp://127.0.0.1:9/none"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(hub.folder)) }()
	r := &startReport{Machine: DescribeMachine(time.Now(), p.Version), Passes: o.Passes, People: o.People, Days: o.Days, Disk: fileSystem(hub.folder)}
	fmt.Fprintln(p.Progress, "filling the pass log")
	path := filepath.Join(hub.folder, "data", "site.db")
	if err := fillSite(ctx, path, crowd, o); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil {
		r.Bytes = info.Size()
	}
	busy, err := machineBusy()
	if err != nil {
		return nil, err
	}
	ours, begin := ownUsage(), time.Now()
	var first, killed, ended starts
	var ending durations
	for i := range o.Times {
		fmt.Fprintf(p.Progress, "start %d of %d\n", i+1, o.Times)
		if i == 0 && o.Rows {
			if err := hub.timed(ctx, p, &first); err != nil {
				return nil, err
			}
		} else if err := hub.timed(ctx, p, &ended); err != nil {
			return nil, err
		}
		hub.end(syscall.SIGKILL)
		if err := hub.timed(ctx, p, &killed); err != nil {
			return nil, err
		}
		at := time.Now()
		hub.end(syscall.SIGTERM)
		ending = append(ending, time.Since(at))
	}
	if err := hub.timed(ctx, p, &ended); err != nil {
		return nil, err
	}
	hub.end(syscall.SIGTERM)
	now, err := machineBusy()
	if err != nil {
		return nil, err
	}
	r.Others = max(0, (now-busy-(ownUsage()-ours)).Seconds()/time.Since(begin).Seconds())
	r.First, r.Killed, r.Ended, r.Ending = first.wall.spread(), killed.wall.spread(), ended.wall.spread(), ending.spread()
	r.CPU = map[string]float64{"first": inMilliseconds(first.cpu.mean()), "killed": inMilliseconds(killed.cpu.mean()), "ended": inMilliseconds(ended.cpu.mean())}
	return *r, nil
}

// timed starts the hub and notes how long it took until it answered.
func (s *site) timed(ctx context.Context, p Program, took *starts) error {
	begin := time.Now()
	if err := s.start(ctx, p); err != nil {
		return err
	}
	took.wall = append(took.wall, time.Since(begin))
	used, err := measureParts(s.cmd.Process.Pid)
	took.cpu = append(took.cpu, used["hub"].cpu)
	return err
}

// starts are those of one kind.
type starts struct{ wall, cpu durations }

// fillSite puts people and passes into a new database of a site.
func fillSite(ctx context.Context, path string, crowd *passers, o StartOptions) (err error) {
	site, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	people := make([]menshen.Person, len(crowd.people))
	for i, id := range crowd.people {
		dwelling, err := menshen.ParseDwelling(fmt.Sprintf("%d-%d-%d-%d", i/3/400+1, i/3/100%4+1, i/3/4%25+1, i/3))
		if err != nil {
			return err
		}
		people[i] = menshen.Person{ID: id, Name: fmt.Sprint("住户", i), Dwelling: dwelling, State: menshen.PersonActive}
	}
	if err := site.AddPeople(ctx, people); err != nil {
		return err
	}
	numbers := map[string]uint64{}
	now := time.Now()
	step := time.Duration(o.Days) * 24 * time.Hour / time.Duration(max(o.Passes, 1))
	var batch []menshen.Pass
	for i := range o.Passes {
		pass := crowd.next()
		numbers[pass.ID.Gate]++
		pass.ID.Sequence = numbers[pass.ID.Gate]
		pass.Captured = now.Add(-time.Duration(o.Passes-i) * step)
		pass.Decided = pass.Captured.Add(150 * time.Millisecond)
		if batch = append(batch, pass); len(batch) == 10_000 || i == o.Passes-1 {
			if _, err := site.CommitPasses(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if !o.Rows { // as a hub does that runs
		_, err = site.KeepPages(ctx, true)
	}
	return err
}

// Page gives the report for people to read.
func (r startReport) Page() Page {
	p := Page{
		Head: r.Machine.String() + fmt.Sprintf("\n%d passes of %d days, %d people, %.0f MB; disk: %s; others used %.2f processors", r.Passes, r.Days, r.People, float64(r.Bytes)/(1<<20), r.Disk, r.Others),
		Rows: [][]string{{"until menshen serve answers", "median, ms", "longest of", "processor, ms", ""}},
	}
	add := func(what string, s spread, cpu, note string) {
		p.Rows = append(p.Rows, []string{what, Millis(s.P50), fmt.Sprintf("%d: %s", s.Count, Millis(s.P99)), cpu, note})
	}
	add("after an end in order", r.Ended, Millis(r.CPU["ended"]), "passes are read from pages")
	add("after kill -9", r.Killed, Millis(r.CPU["killed"]), "rows without a page are read, the outbox asks what is committed")
	if r.First.Count > 0 {
		add("with no page written", r.First, Millis(r.CPU["first"]), "every row is read")
	}
	add("an end in order", r.Ending, "", "until the process is gone")
	return p
}
