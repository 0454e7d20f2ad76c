package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func pointToWire(p menshen.Point) *menshenv1.Point { return &menshenv1.Point{X: p.X, Y: p.Y} }

func pointFromWire(op string, m *menshenv1.Point) (menshen.Point, error) {
	p := menshen.Point{X: m.GetX(), Y: m.GetY()}
	return p, checkFinite(op, "a point", p.X, p.Y)
}

func boxToWire(b menshen.Box) *menshenv1.Box {
	return &menshenv1.Box{X: b.X, Y: b.Y, W: b.W, H: b.H}
}

// boxFromWire reads a box; absent is the empty one.
func boxFromWire(op string, m *menshenv1.Box) (menshen.Box, error) {
	b := menshen.Box{X: m.GetX(), Y: m.GetY(), W: m.GetW(), H: m.GetH()}
	if err := checkFinite(op, "a box", b.X, b.Y, b.W, b.H); err != nil {
		return menshen.Box{}, err
	}
	if b.W < 0 || b.H < 0 {
		return menshen.Box{}, invalid(op, "a box has a negative side")
	}
	return b, nil
}

func qualityToWire(q menshen.Quality) *menshenv1.Quality {
	return &menshenv1.Quality{Size: q.Size, Sharpness: q.Sharpness, Pose: q.Pose, Light: q.Light}
}

// qualityFromWire reads the parts of a quality, each 0 … 1; absent is the worst.
func qualityFromWire(op string, m *menshenv1.Quality) (menshen.Quality, error) {
	q := menshen.Quality{Size: m.GetSize(), Sharpness: m.GetSharpness(), Pose: m.GetPose(), Light: m.GetLight()}
	for _, part := range []float64{q.Size, q.Sharpness, q.Pose, q.Light} {
		if !(part >= 0 && part <= 1) { // so that NaN fails too
			return menshen.Quality{}, invalid(op, "a part of the quality is not between 0 and 1")
		}
	}
	return q, nil
}

func landmarksToWire(l menshen.Landmarks) []*menshenv1.Point {
	out := make([]*menshenv1.Point, len(l))
	for i, p := range l {
		out[i] = pointToWire(p)
	}
	return out
}

// detectionFromWire reads a face found in a picture. It needs all five points.
func detectionFromWire(op string, box *menshenv1.Box, points []*menshenv1.Point, score float64) (menshen.Detection, error) {
	var d menshen.Detection
	if len(points) != len(d.Landmarks) {
		return d, invalid(op, "a face has %d points instead of %d", len(points), len(d.Landmarks))
	}
	for i, m := range points {
		p, err := pointFromWire(op, m)
		if err != nil {
			return menshen.Detection{}, err
		}
		d.Landmarks[i] = p
	}
	b, err := boxFromWire(op, box)
	if err != nil {
		return menshen.Detection{}, err
	}
	if !(score >= 0 && score <= 1) {
		return menshen.Detection{}, invalid(op, "the score of a face is not between 0 and 1")
	}
	d.Box, d.Score = b, score
	return d, nil
}
