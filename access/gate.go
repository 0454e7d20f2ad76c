package access

import (
	"cmp"
	"sync"
	"time"

	"menshen"
	"menshen/access/crossing"
	"menshen/access/evidence"
	"menshen/access/policy"
)

// gate joins evidence, policy, door and passes at one gate.
type gate struct {
	c       *Controller
	info    menshen.Gate
	doorman *doorman
	writer  *writer

	desk *desk

	mu      sync.Mutex
	tries   tries
	tracks  map[trackKey]*track
	in, out *crossing.Ledger
}

// trackKey names a track. The camera belongs to it, so that a camera that repeats another's names mixes nobody up.
type trackKey struct{ camera, track string }

// track is a track with what it led to.
type track struct {
	key       trackKey
	direction menshen.Direction
	evidence  evidence.Track
	crossing  *crossing.Crossing // the latest; nil before a finding
	held      *evidence.Finding  // somebody known who was not in view long enough yet; nil for nobody
	heldSince time.Time
}

func newGate(c *Controller, info menshen.Gate) *gate {
	memory := crossing.Config{Cooldown: c.cfg.Cooldown, Keep: c.cfg.MaxAge}
	g := &gate{
		c: c, info: info, desk: newDesk(),
		tracks: map[trackKey]*track{},
		in:     crossing.New(memory), out: crossing.New(memory),
		doorman: &doorman{
			gate: info, door: c.deps.Door, cfg: &c.cfg, clock: c.deps.Clock, log: c.deps.Log, m: c.metrics,
			commands: make(chan menshen.DoorCommand, doorQueue),
		},
		writer: &writer{
			gate: info.ID, recorder: c.deps.Recorder, cfg: &c.cfg, clock: c.deps.Clock, log: c.deps.Log, lost: c.lost,
			wake: make(chan struct{}, 1),
		},
	}
	g.writer.kept = g.lay
	return g
}

// lay notes a pass that is kept and has its number: on the roll who was let through, on the desk what a guard can answer.
func (g *gate) lay(k kept) {
	g.c.deps.Roll.Passed(k.pass)
	if !k.answerable {
		return
	}
	now, r := g.c.deps.Clock(), menshen.Review{Pass: k.pass}
	if k.pass.Decision.Outcome == menshen.OutcomeReview {
		wait := cmp.Or(g.info.ReviewWait, g.c.deps.Roll.Rules().Parameters().ReviewWait)
		// One that could not be kept for so long was before nobody's eyes: nothing follows from it by itself.
		if until := k.pass.Decided.Add(wait); until.After(now) {
			r.Until, r.Default = until, cmp.Or(g.info.ReviewDefault, menshen.OutcomeDeny)
		}
	}
	g.desk.put(r, now)
}

func (g *gate) ledger(d menshen.Direction) *crossing.Ledger {
	if d == menshen.DirectionOut {
		return g.out
	}
	return g.in
}

// take adds a face to its track and acts on what follows. It says false where the controller has stopped.
func (g *gate) take(f *menshen.Face, direction menshen.Direction, found []menshen.Candidate, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.c.stopped.Load() {
		return false
	}
	cfg := g.c.evidence.Load()
	key := trackKey{f.Camera, f.Track}
	t := g.tracks[key]
	if t == nil {
		if len(g.tracks) >= g.c.cfg.MaxTracks {
			g.evict(cfg, now)
		}
		t = &track{key: key, direction: direction}
		g.tracks[key] = t
	}
	if !t.evidence.Add(cfg, f, found, now) {
		g.c.metrics.faces[faceDuplicate].Inc()
		return true
	}
	switch {
	case len(f.Descriptor) > 0:
		g.c.metrics.faces[faceUsed].Inc()
	case !f.Last:
		g.c.metrics.faces[faceUnreadable].Inc()
	}
	if t.crossing != nil {
		g.ledger(direction).Touch(t.crossing, f.Captured, now)
	}
	g.judge(cfg, t, now)
	return true
}

// tick judges what waits for time, and forgets what is over.
func (g *gate) tick(now time.Time) {
	g.unanswered(now)
	g.mu.Lock()
	defer g.mu.Unlock()
	cfg := g.c.evidence.Load()
	for key, t := range g.tracks {
		g.judge(cfg, t, now)
		if now.Sub(t.evidence.Touched()) >= g.c.cfg.TrackKeep {
			delete(g.tracks, key)
		}
	}
	g.in.Expire(now)
	g.out.Expire(now)
}

// evict ends and forgets the track that has been without faces longest.
func (g *gate) evict(cfg *evidence.Config, now time.Time) {
	var oldest *track
	for _, t := range g.tracks {
		if oldest == nil || t.evidence.Touched().Before(oldest.evidence.Touched()) {
			oldest = t
		}
	}
	oldest.evidence.End(now)
	g.judge(cfg, oldest, now)
	delete(g.tracks, oldest.key)
	g.c.metrics.evictions.Inc()
}

func (g *gate) judge(cfg *evidence.Config, t *track, now time.Time) {
	f, ok := t.evidence.Judge(cfg, now)
	switch {
	case ok && g.early(&f) && !t.evidence.Ended():
		if t.held == nil {
			t.heldSince = now
		}
		t.held = &f
	case ok:
		t.held = nil
		g.act(cfg, t, &f, now)
	case t.held != nil && (t.evidence.Ended() || now.Sub(t.heldSince) >= cfg.Patience || now.Sub(t.evidence.Touched()) >= cfg.Idle):
		f := t.held
		t.held = nil
		g.act(cfg, t, f, now)
	}
}

// early says that a gate which asks for a living face must look a moment longer.
func (g *gate) early(f *evidence.Finding) bool {
	return g.info.Liveness == menshen.LivenessRequire && f.Match.Verdict == menshen.VerdictKnown && f.Match.Liveness.Faces > 0 && !f.Seen && !f.NotLive
}

// act decides on a finding and does what follows, the door first.
func (g *gate) act(cfg *evidence.Config, t *track, f *evidence.Finding, now time.Time) {
	person, crossed := "", false
	if f.Match.Verdict == menshen.VerdictKnown {
		person = f.Match.Person()
		crossed = g.ledger(t.direction).Allowed(person, f.Captured, t.crossing)
	}
	q := g.request(policy.Request{
		Means: menshen.MeansFace, Direction: t.direction, At: now, Match: &f.Match, NotLive: f.NotLive, Seen: f.Seen, Masked: f.Masked,
	}, person, crossed)
	r := g.decide(&q)
	fresh := g.note(cfg, t, f, r.Decision.Outcome, now)
	if r.Decision.Outcome == menshen.OutcomeAllow {
		g.open(t, fresh, now)
	}
	if !fresh {
		return
	}
	p := g.pass(&q, &r)
	p.Captured, p.Match, p.Camera, p.Track = f.Captured, f.Match, t.key.camera, t.key.track
	p.Confidence = 0
	if p.Person != "" {
		p.Confidence = f.Match.Confidence()
	}
	g.keep(p, &r, now)
	if g.c.deps.Learn != nil && r.Decision.Outcome == menshen.OutcomeAllow && !f.NotLive {
		g.c.deps.Learn(menshen.Lesson{
			Person: p.Person, Engine: g.c.deps.Searcher.Engine(), Descriptor: f.Descriptor, Quality: f.Quality, Masked: f.Masked, Captured: f.Captured,
		})
	}
}

// maskedNear is how much nearer two faces in masks must be to count as one stranger: masks make people alike.
const maskedNear = 0.8

// note enters a decision into the ledger and says whether it makes a pass.
func (g *gate) note(cfg *evidence.Config, t *track, f *evidence.Finding, outcome menshen.Outcome, now time.Time) (fresh bool) {
	l := g.ledger(t.direction)
	seen := crossing.Seen{Descriptor: f.Descriptor, Captured: f.Captured, Now: now}
	switch {
	case f.Match.Verdict == menshen.VerdictKnown:
		t.crossing, fresh = l.Person(f.Match.Person(), outcome, seen, t.crossing)
	case f.Match.Faces == 0:
		t.crossing, fresh = l.Unreadable(seen)
	default:
		near := cfg.Known
		if f.Masked {
			near *= maskedNear
		}
		t.crossing, fresh = l.Stranger(seen, near)
	}
	return fresh
}

// open tells the door at the first allow of a crossing, and again where somebody still stands there, recognised anew,
// long after the door was told: it has closed before them.
func (g *gate) open(t *track, fresh bool, now time.Time) {
	again := g.c.cfg.Reopen > 0 && now.Sub(t.crossing.Opened) >= g.c.cfg.Reopen
	if !fresh && !again {
		return
	}
	t.crossing.Opened = now
	g.tell(t.direction, t.key.track, now)
}
