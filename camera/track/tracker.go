// Package track joins the faces found in the frames of one camera to tracks: one track for each appearance of a
// person, through short gaps and crossings. It owns the motion model and the assignment; it sees boxes only, no pixels
// and no identities. Plain Go.
package track

import (
	"math"
	"time"

	"menshen"
)

// Config tunes a tracker.
type Config struct {
	Gap     time.Duration // a confirmed track unseen for longer has ended, unless another face hides it; 1 s if 0
	Confirm int           // detections that make a track count; 2 if 0
}

// Track is one appearance of a face before the camera, as of the last update.
type Track struct {
	ID        string
	Face      menshen.Detection // where it was seen last
	First     time.Time         // first and last time it was seen
	Last      time.Time
	Hits      int  // detections that belong to it
	Confirmed bool // seen often enough to be no flicker; stays once set
}

// Tracker follows the faces of one camera. Not safe for concurrent use.
type Tracker struct {
	cfg   Config
	newID func() string
	live  []*follow
}

// follow is a track with what predicts it.
type follow struct {
	Track
	body   body
	misses int       // updates in a row that did not see it
	wait   time.Time // from when on the gap counts: seen last, or last hidden behind another face
}

// maxFaces bounds the faces of one frame that are followed; the detector lists the largest first.
const maxFaces = 64

// gate is the 99.9 % quantile of the chi-square distribution with three degrees of freedom: what is farther from the
// prediction belongs to somebody else.
const gate = 16.27

// A track is hidden by a face that covers its place by so much, for so many gaps at most.
const (
	hiddenIoU  = 0.1
	hiddenGaps = 3
)

// A face changes its size by the factor exp(sizeSlack + sizeRate·s) at most within s seconds: somebody walking up at
// 1.4 m/s grows by exp(0.9·s) for a moment at 1.5 m.
const (
	sizeSlack = 0.25
	sizeRate  = 0.5
)

// tentativeMisses is how many updates in a row an unconfirmed track may miss.
const tentativeMisses = 1

// New makes a tracker. newID gives the ids of tracks; NewID is the usual one.
func New(cfg Config, newID func() string) (*Tracker, error) {
	if cfg.Gap == 0 {
		cfg.Gap = time.Second
	}
	if cfg.Confirm == 0 {
		cfg.Confirm = 2
	}
	if cfg.Gap < 0 || cfg.Gap > 10*time.Second || cfg.Confirm < 1 || cfg.Confirm > 10 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "camera.track", "the tracker's settings are out of range").
			WithHint("the gap is at most 10 s, and 1 to 10 detections confirm a track")
	}
	return &Tracker{cfg: cfg, newID: newID}, nil
}

// Update takes the faces of a frame of width×height pixels read at a time not before the last one. seen has one track
// for each face that belongs to a confirmed or unconfirmed track now, with the face in Track.Face; ended has the tracks
// that are over, each once.
func (t *Tracker) Update(at time.Time, width, height int, faces []menshen.Detection) (seen, ended []Track) {
	faces = usable(faces)
	ahead := make([]body, len(t.live))
	for i, f := range t.live {
		ahead[i] = f.body.predict(at)
	}
	got := assign(t.costs(at, ahead, faces))
	taken := make([]bool, len(faces))
	for i, f := range t.live {
		f.body = ahead[i]
		if j := got[i]; j >= 0 {
			taken[j] = true
			f.body = f.body.correct(faces[j].Box)
			f.Face, f.Last, f.wait, f.misses = faces[j], at, at, 0
			f.Hits++
			f.Confirmed = f.Confirmed || f.Hits >= t.cfg.Confirm
			seen = append(seen, f.Track)
		} else {
			f.misses++
		}
	}
	t.hide(at)
	kept := t.live[:0]
	for _, f := range t.live {
		if t.over(f, at, width, height) {
			ended = append(ended, f.Track)
		} else {
			kept = append(kept, f)
		}
	}
	clear(t.live[len(kept):])
	t.live = kept
	for j, d := range faces {
		if taken[j] || double(d, faces, taken) {
			continue
		}
		f := &follow{
			Track: Track{ID: t.newID(), Face: d, First: at, Last: at, Hits: 1, Confirmed: t.cfg.Confirm <= 1},
			body:  newBody(d.Box, at),
			wait:  at,
		}
		t.live = append(t.live, f)
		seen = append(seen, f.Track)
	}
	return seen, ended
}

// costs gives for every track and face twice the negative log-likelihood that they belong together, +Inf where they
// cannot.
func (t *Tracker) costs(at time.Time, ahead []body, faces []menshen.Detection) [][]float64 {
	cost := make([][]float64, len(ahead))
	for i, b := range ahead {
		cost[i] = make([]float64, len(faces))
		for j, d := range faces {
			d2, vague := b.distance(d.Box)
			if d2 > gate || t.live[i].lost(at, t.cfg.Gap) || !grows(t.live[i].Track, d.Box, at) {
				cost[i][j] = math.Inf(1)
				continue
			}
			cost[i][j] = d2 + vague
		}
	}
	return cost
}

// grows reports whether a face can have become as large as the box since it was seen last. This tells somebody who left
// close to the camera from the next one who comes in far from it, where both would do by their place.
func grows(t Track, b menshen.Box, at time.Time) bool {
	return math.Abs(math.Log(sizeOf(b)/sizeOf(t.Face.Box))) <= sizeSlack+sizeRate*at.Sub(t.Last).Seconds()
}

// hide lets the gap of a track begin anew while its place is covered by the face of another one, who walks past in
// front of it.
func (t *Tracker) hide(at time.Time) {
	for _, f := range t.live {
		if f.misses == 0 || !f.Confirmed {
			continue
		}
		for _, o := range t.live {
			if o.misses == 0 && o.Confirmed && o.Face.Box.IoU(f.body.box()) > hiddenIoU {
				f.wait = at
			}
		}
	}
}

// lost reports whether a track was not seen, nor hidden, for longer than the gap.
func (f *follow) lost(at time.Time, gap time.Duration) bool {
	return at.Sub(f.wait) > gap || at.Sub(f.Last) > hiddenGaps*gap
}

// over reports whether a track has ended: unseen for too long, or walked out of the picture.
func (t *Tracker) over(f *follow, at time.Time, width, height int) bool {
	if f.misses == 0 {
		return false
	}
	if !f.Confirmed && f.misses > tentativeMisses || f.lost(at, t.cfg.Gap) {
		return true
	}
	x, y := f.body.x.x, f.body.y.x
	return x < 0 || y < 0 || x > float64(width) || y > float64(height)
}

// double reports whether a face that belongs to no track lies on one that does: the detector's second answer for it.
func double(d menshen.Detection, faces []menshen.Detection, taken []bool) bool {
	for j, o := range faces {
		if taken[j] && o.Box.IoU(d.Box) > 0.25 {
			return true
		}
	}
	return false
}

// usable leaves out boxes that are no boxes, and more faces than are followed.
func usable(faces []menshen.Detection) []menshen.Detection {
	var ok []menshen.Detection
	for _, d := range faces {
		b := d.Box
		if b.W >= 1 && b.H >= 1 && !math.IsInf(b.W+b.H+b.X+b.Y, 0) && !math.IsNaN(b.W+b.H+b.X+b.Y) && len(ok) < maxFaces {
			ok = append(ok, d)
		}
	}
	return ok
}

// Alive is the number of tracks that are followed.
func (t *Tracker) Alive() int { return len(t.live) }

// Tentative is the number of tracks that wait for confirmation.
func (t *Tracker) Tentative() int {
	n := 0
	for _, f := range t.live {
		if !f.Confirmed {
			n++
		}
	}
	return n
}

// Flush ends all tracks.
func (t *Tracker) Flush() (ended []Track) {
	for _, f := range t.live {
		ended = append(ended, f.Track)
	}
	t.live = nil
	return ended
}
