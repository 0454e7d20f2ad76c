package web

import (
	"bytes"
	"cmp"
	"context"
	"image/jpeg"
	"slices"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// Console is what a guard's tablet needs besides the gates. Crops may be nil where there are no cameras.
type Console struct {
	Standings   Standings
	Photographs Photographs
	Frames      Frames
	Crops       *Crops
	Faceless    func(gate string) string // why there are no faces of a gate: "post" or "simulated"; "" where there may be
}

// Standings tells what gates know of people. Safe for concurrent use.
type Standings interface {
	Standing(person, gate string) Standing
	// Fever gives the °C from which a temperature is a fever by the rules in force.
	Fever() float64
}

// Photographs gives what is kept of enrolments. Safe for concurrent use.
type Photographs interface {
	// Photograph gives the latest one of a person, JPEG or PNG; nil where none is kept, or none of a size for a tablet.
	Photograph(ctx context.Context, person string) ([]byte, error)
}

// Standing is what a guard must know of somebody.
type Standing struct {
	Permit   menshen.PermitKind // that counts at the gate now, or else is nearest to it; "" for none in force
	Health   menshen.HealthState
	Celsius  float64 // latest; 0 for none
	Measured time.Time
}

// Frames takes the pictures for cameras whose source is a browser. Safe for concurrent use.
type Frames interface {
	// BrowserCameras gives those cameras.
	BrowserCameras() []menshen.Camera
	// SendFrame hands a JPEG to a camera and gives what it saw last.
	SendFrame(ctx context.Context, camera string, jpeg []byte) (menshen.Seen, error)
}

const (
	maxMissed      = 200 // passes of a gate that are sent again after a lost connection
	maxFrameWidth  = 1280
	maxFrameHeight = 720
)

type consoleService struct {
	desk

	overview Overview
	passes   PassLog
	feed     *Feed
	guards   Guards
	console  Console
	senders  *senders
	life     time.Duration
	stopping <-chan struct{}
}

// ownGates gives the gates asked for, or all that the caller may see; none is every gate.
func (s consoleService) ownGates(ctx context.Context, asked []string) ([]string, error) {
	for _, gate := range asked {
		if err := checkOwnGate(ctx, s.overview, gate); err != nil {
			return nil, err
		}
	}
	if len(asked) > 0 {
		return asked, nil
	}
	if own := callerOf(ctx).gates; len(own) > 0 {
		return own, nil
	}
	site, err := s.overview.Site(ctx)
	for _, g := range site.Gates {
		asked = append(asked, g.ID)
	}
	return asked, err
}

// WatchConsole subscribes before it lists, so that no pass falls between; what both have is sent once.
func (s consoleService) WatchConsole(ctx context.Context, req *connect.Request[menshenv1.WatchConsoleRequest], stream *connect.ServerStream[menshenv1.WatchConsoleResponse]) error {
	latest, err := limitOf(req.Msg.Latest, 0, maxMissed)
	if err != nil {
		return err
	}
	gates, err := s.ownGates(ctx, req.Msg.Gates)
	if err != nil {
		return err
	}
	if err := s.recorder.record(ctx, "console.watch", "", "", map[string]any{"gates": gates, "after": req.Msg.After}); err != nil {
		return err
	}
	sub, err := s.feed.Subscribe(gates...)
	if err != nil {
		return err
	}
	defer sub.Close()
	alive := func() error {
		return stream.Send(&menshenv1.WatchConsoleResponse{Fever: s.console.Standings.Fever(), Now: timeToWire(s.now())})
	}
	if err := alive(); err != nil {
		return err
	}
	sent := map[menshen.PassID]bool{}
	for _, gate := range gates {
		after, known := req.Msg.After[gate]
		if err := s.earlier(ctx, gate, after, known, latest, sent, stream); err != nil {
			return err
		}
	}
	return watch(ctx, sub, s.life, s.stopping, func(p *menshen.Pass) error {
		if p == nil {
			return alive()
		}
		if sent[p.ID] {
			delete(sent, p.ID)
			return nil
		}
		return s.show(ctx, stream, 0, *p)
	})
}

// earlier sends what the caller lacks of a gate.
func (s consoleService) earlier(ctx context.Context, gate string, after uint64, known bool, latest int, sent map[menshen.PassID]bool, stream *connect.ServerStream[menshenv1.WatchConsoleResponse]) error {
	if known {
		latest = maxMissed
	}
	if latest == 0 {
		return nil
	}
	passes, err := s.passes.Passes(ctx, menshen.PassFilter{Gate: gate, Latest: latest})
	if err != nil {
		return err
	}
	passes = slices.DeleteFunc(slices.Clone(passes), func(p menshen.Pass) bool { return known && p.ID.Sequence <= after })
	slices.SortFunc(passes, func(a, b menshen.Pass) int { return a.Captured.Compare(b.Captured) })
	missed := uint64(0)
	if known && len(passes) == maxMissed {
		lowest := passes[0].ID.Sequence
		for _, p := range passes {
			lowest = min(lowest, p.ID.Sequence)
		}
		missed = lowest - after - 1
	}
	for _, p := range passes {
		sent[p.ID] = true
	}
	return s.show(ctx, stream, missed, passes...)
}

func (s consoleService) show(ctx context.Context, stream *connect.ServerStream[menshenv1.WatchConsoleResponse], missed uint64, passes ...menshen.Pass) error {
	views, err := s.registry.passViews(ctx, passes...)
	if err != nil {
		return err
	}
	for i, p := range passes {
		c := &menshenv1.ConsolePass{View: views[i]}
		if p.Person != "" {
			st := s.console.Standings.Standing(p.Person, p.ID.Gate)
			c.Permit, c.Celsius, c.Measured = string(st.Permit), st.Celsius, timeToWire(st.Measured)
			if st.Health != menshen.HealthNormal {
				c.Health = string(st.Health)
			}
		}
		if err := stream.Send(&menshenv1.WatchConsoleResponse{Pass: c, Missed: missed}); err != nil {
			return err
		}
		missed = 0
	}
	return nil
}

// watch calls each for every pass of a subscription, and with nil every few seconds.
func watch(ctx context.Context, sub *Subscription, life time.Duration, stopping <-chan struct{}, each func(*menshen.Pass) error) error {
	alive := time.NewTicker(life)
	defer alive.Stop()
	for {
		var next *menshen.Pass
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-stopping:
			return menshen.Errorf(menshen.CodeUnavailable, "web.watch", "Menshen is stopping").WithHint("watch again once it runs")
		case <-alive.C:
		case p, ok := <-sub.Passes():
			if !ok {
				return sub.Err()
			}
			next = &p
		}
		if err := each(next); err != nil {
			return err
		}
	}
}

func (s consoleService) GetFace(ctx context.Context, req *connect.Request[menshenv1.GetFaceRequest]) (*connect.Response[menshenv1.GetFaceResponse], error) {
	m := req.Msg
	if err := checkOwnGate(ctx, s.overview, m.Gate); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "face.look", "", "", map[string]any{"gate": m.Gate, "camera": m.Camera, "track": m.Track}); err != nil {
		return nil, err
	}
	res := &menshenv1.GetFaceResponse{}
	if s.console.Crops != nil {
		res.Jpeg = s.console.Crops.Face(m.Gate, m.Camera, m.Track)
	}
	if len(res.Jpeg) == 0 {
		res.Absence = cmp.Or(s.console.Faceless(m.Gate), "gone")
	}
	return connect.NewResponse(res), nil
}

func (s consoleService) ListCandidates(ctx context.Context, req *connect.Request[menshenv1.ListCandidatesRequest]) (*connect.Response[menshenv1.ListCandidatesResponse], error) {
	id, err := menshen.ParsePassID(req.Msg.Pass)
	if err != nil {
		return nil, err
	}
	if err := checkOwnGate(ctx, s.overview, id.Gate); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "review.candidates", "", "", map[string]any{"pass": req.Msg.Pass}); err != nil {
		return nil, err
	}
	reviews := s.guards.Reviews(id.Gate)
	i := slices.IndexFunc(reviews, func(r menshen.Review) bool { return r.Pass.ID == id })
	if i < 0 {
		return nil, menshen.Errorf(menshen.CodeNotFound, "web.candidates", "the pass %s waits for no answer", id).
			WithHint("it was answered already, or its time ran out")
	}
	nearest := map[string]float64{}
	var ids []string
	for _, c := range reviews[i].Pass.Match.Candidates {
		if _, ok := nearest[c.Person]; !ok {
			nearest[c.Person], ids = c.Distance, append(ids, c.Person)
		}
	}
	if p := reviews[i].Pass.Person; p != "" && !slices.Contains(ids, p) { // by card or code: whether it is theirs the guard sees
		ids = slices.Insert(ids, 0, p)
	}
	people, err := s.registry.byID(ctx, ids)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListCandidatesResponse{}
	for _, id := range ids {
		p, ok := people[id]
		if !ok {
			continue
		}
		st := s.console.Standings.Standing(id, reviews[i].Pass.ID.Gate)
		c := &menshenv1.PossiblePerson{Person: id, Name: p.Name, Dwelling: dwellingText(p.Dwelling), Distance: nearest[id], Permit: string(st.Permit)}
		if c.Photograph, err = s.console.Photographs.Photograph(ctx, id); err != nil {
			return nil, err
		}
		if st.Health != menshen.HealthNormal {
			c.Health = string(st.Health)
		}
		res.People = append(res.People, c)
	}
	return connect.NewResponse(res), nil
}

// WatchDisplay is for a screen that everybody sees: no reason is on it, and of a name the first character at most.
func (s consoleService) WatchDisplay(ctx context.Context, req *connect.Request[menshenv1.WatchDisplayRequest], stream *connect.ServerStream[menshenv1.WatchDisplayResponse]) error {
	if err := checkOwnGate(ctx, s.overview, req.Msg.Gate); err != nil {
		return err
	}
	if err := s.recorder.record(ctx, "display.watch", "", "", map[string]any{"gate": req.Msg.Gate, "names": req.Msg.Names}); err != nil {
		return err
	}
	sub, err := s.feed.Subscribe(req.Msg.Gate)
	if err != nil {
		return err
	}
	defer sub.Close()
	if err := stream.Send(&menshenv1.WatchDisplayResponse{}); err != nil {
		return err
	}
	return watch(ctx, sub, s.life, s.stopping, func(p *menshen.Pass) error {
		m := &menshenv1.WatchDisplayResponse{}
		if p != nil {
			m.Outcome, m.Direction, m.At = proto.OutcomeToWire(p.Decision.Outcome), proto.DirectionToWire(p.Direction), timeToWire(p.Decided)
			if req.Msg.Names && p.Person != "" && p.Decision.Outcome == menshen.OutcomeAllow {
				if people, err := s.registry.byID(ctx, []string{p.Person}); err == nil {
					for _, first := range people[p.Person].Name {
						m.Surname = string(first)
						break
					}
				}
			}
		}
		return stream.Send(m)
	})
}

func (s consoleService) SendFrame(ctx context.Context, req *connect.Request[menshenv1.SendFrameRequest]) (*connect.Response[menshenv1.SendFrameResponse], error) {
	const op = "web.frame"
	m := req.Msg
	if err := checkOwnGate(ctx, s.overview, m.Gate); err != nil {
		return nil, err
	}
	if err := proto.CheckFrame(m.Jpeg); err != nil {
		return nil, err
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(m.Jpeg))
	if err != nil || max(head.Width, head.Height) > maxFrameWidth || min(head.Width, head.Height) > maxFrameHeight {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the frame is no JPEG, or larger than %d×%d pixels", maxFrameWidth, maxFrameHeight).
			WithHint("send a JPEG of at most 1280×720 pixels").WithCause(err)
	}
	cameras := s.console.Frames.BrowserCameras()
	i := slices.IndexFunc(cameras, func(c menshen.Camera) bool { return c.Gate == m.Gate })
	if i < 0 {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "the gate %s has no camera that is a browser", m.Gate).
			WithHint("give a camera of the gate the source \"browser\" in menshen.yaml, and start Menshen again")
	}
	begins, err := s.senders.admit(m.Gate, m.Sender, callerOf(ctx).actor, s.now())
	if err != nil {
		return nil, err
	}
	if begins {
		if err := s.recorder.record(ctx, "camera.send", "", "", map[string]any{"gate": m.Gate, "camera": cameras[i].ID}); err != nil {
			return nil, err
		}
	}
	seen, err := s.console.Frames.SendFrame(ctx, cameras[i].ID, m.Jpeg)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SendFrameResponse{Seen: proto.SeenToWire(seen), PauseMs: uint32(framePause.Milliseconds())}), nil
}

func (s consoleService) ListBrowserCameras(ctx context.Context, _ *connect.Request[menshenv1.ListBrowserCamerasRequest]) (*connect.Response[menshenv1.ListBrowserCamerasResponse], error) {
	res := &menshenv1.ListBrowserCamerasResponse{}
	for _, c := range s.console.Frames.BrowserCameras() {
		if checkBearerGate(ctx, c.Gate) == nil {
			res.Cameras = append(res.Cameras, &menshenv1.BrowserCamera{Gate: c.Gate, Camera: c.ID, Direction: string(c.Direction)})
		}
	}
	return connect.NewResponse(res), nil
}
