package bench

import (
	"context"
	"errors"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// load is what a run cost.
type load struct {
	Frames       float64            `json:"frames_per_camera_s"`
	Searches     float64            `json:"searches_per_camera_s"`
	Search       float64            `json:"search_ms"`
	Dropped      float64            `json:"frames_dropped"` // read and converted, but overtaken by the next one
	ShotsDropped float64            `json:"shots_dropped"`
	CPU          map[string]float64 `json:"processors"`  // by role
	Resident     map[string]float64 `json:"resident_mb"` // by role
}

// clocks are all counters at one moment.
type clocks struct {
	at      time.Time
	parts   parts
	bench   time.Duration
	machine time.Duration
	cameras []*menshenv1.CameraStatus
}

func readClocks(ctx context.Context, s *site, t *theatre) (c clocks, err error) {
	res, err := s.Site.GetStatus(ctx, connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		return c, err
	}
	c.cameras = res.Msg.GetCameras()
	if c.parts, err = measureParts(s.cmd.Process.Pid); err != nil {
		return c, err
	}
	if c.machine, err = machineBusy(); err != nil {
		return c, err
	}
	c.bench = ownUsage() + t.used()
	c.at = time.Now()
	return c, nil
}

// observe lets the pipeline run and reads its counters once a second. The window is from the first reading to the last.
func observe(ctx context.Context, s *site, t *theatre, lasting time.Duration) (window menshen.Span, l load, err error) {
	first, err := readClocks(ctx, s, t)
	if err != nil {
		return window, l, err
	}
	last := first
	readings := 0
	searched := 0.0
	for last.at.Sub(first.at) < lasting {
		if err := sleep(ctx, min(time.Second, max(lasting-last.at.Sub(first.at), time.Millisecond))); err != nil {
			return window, l, err
		}
		if last, err = readClocks(ctx, s, t); err != nil {
			return window, l, err
		}
		for _, c := range last.cameras {
			f := c.GetFigures()
			l.Frames += f["fps"]
			l.Searches += f["searched_fps"]
			l.Search += f["detect_ms"] * f["searched_fps"]
			searched += f["searched_fps"]
			readings++
		}
	}
	if readings == 0 {
		return window, l, errors.New("no camera reported")
	}
	l.Frames /= float64(readings)
	l.Searches /= float64(readings)
	if searched > 0 {
		l.Search /= searched
	}
	l.Dropped = total(last, "dropped") - total(first, "dropped")
	l.ShotsDropped = total(last, "sightings_dropped") - total(first, "sightings_dropped")
	l.CPU, l.Resident = map[string]float64{}, map[string]float64{}
	elapsed := last.at.Sub(first.at).Seconds()
	ours := last.bench - first.bench
	l.CPU["bench"] = ours.Seconds() / elapsed
	for role, u := range last.parts {
		used := u.cpu - first.parts[role].cpu
		ours += used
		l.CPU[role] = used.Seconds() / elapsed
		l.Resident[role] = float64(u.resident) / (1 << 20)
	}
	l.CPU["others"] = max(0, (last.machine-first.machine-ours).Seconds()/elapsed)
	return menshen.Span{From: first.at, To: last.at}, l, nil
}

func total(c clocks, figure string) (sum float64) {
	for _, camera := range c.cameras {
		sum += camera.GetFigures()[figure]
	}
	return sum
}
