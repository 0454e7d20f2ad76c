package web

import (
	"bytes"
	"context"
	"image/jpeg"
	"sync"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// enrolmentService helps whoever enrols somebody before a camera.
type enrolmentService struct {
	desk

	enroller Enroller
	glances  *glances
}

const maxPhotographs = 10

// LookAtFrame tells of nobody who they are. That somebody began to look is recorded, not every frame.
func (s enrolmentService) LookAtFrame(ctx context.Context, req *connect.Request[menshenv1.LookAtFrameRequest]) (*connect.Response[menshenv1.LookAtFrameResponse], error) {
	frame := req.Msg.Jpeg
	if err := proto.CheckFrame(frame); err != nil {
		return nil, err
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(frame))
	if err != nil || max(head.Width, head.Height) > maxFrameWidth || min(head.Width, head.Height) > maxFrameHeight {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.frame", "the frame is no JPEG, or larger than %d×%d pixels", maxFrameWidth, maxFrameHeight).
			WithHint("send a JPEG of at most 1280×720 pixels").WithCause(err)
	}
	begins, end, err := s.glances.begin(callerOf(ctx).actor, s.now())
	if err != nil {
		return nil, err
	}
	defer end()
	if begins {
		if err := s.recorder.record(ctx, "enrolment.look", "", "", nil); err != nil {
			s.glances.forget(callerOf(ctx).actor)
			return nil, err
		}
	}
	g, err := s.enroller.Look(ctx, frame)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.LookAtFrameResponse{
		Code: g.Code, Width: float64(g.Width), Height: float64(g.Height), Faces: count(g.Faces),
		Sharpness: g.Quality.Sharpness, Light: g.Quality.Light, Pose: g.Quality.Pose, Eyes: g.Eyes,
	}
	if g.Box != (menshen.Box{}) {
		res.Face = &menshenv1.FaceBox{X: g.Box.X, Y: g.Box.Y, Width: g.Box.W, Height: g.Box.H}
	}
	return connect.NewResponse(res), nil
}

// ListPhotographs names the person by id: a face is not shown on a name that somebody else may bear.
func (s enrolmentService) ListPhotographs(ctx context.Context, req *connect.Request[menshenv1.ListPhotographsRequest]) (*connect.Response[menshenv1.ListPhotographsResponse], error) {
	person, err := readID("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(req.Msg.Limit, 1, maxPhotographs)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "person.photographs", person, "", map[string]any{"limit": limit}); err != nil {
		return nil, err
	}
	all, err := s.enroller.Photographs(ctx, person, limit)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListPhotographsResponse{}
	for _, p := range all {
		res.Photographs = append(res.Photographs, &menshenv1.Photograph{Data: p.Data, Created: timeToWire(p.Created)})
	}
	return connect.NewResponse(res), nil
}

// glances has who looks at frames now: each one frame at a time. Safe for concurrent use.
type glances struct {
	mu  sync.Mutex
	who map[string]*glance
}

type glance struct {
	busy bool
	last time.Time
}

const glanceLife = time.Minute // without a frame, looking begins anew

// forget makes the next frame a beginning.
func (g *glances) forget(actor string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.who, actor)
}

// begin says whether somebody has just begun to look; end ends this frame.
func (g *glances) begin(actor string, now time.Time) (begins bool, end func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.who == nil {
		g.who = map[string]*glance{}
	}
	for name, x := range g.who {
		if !x.busy && now.Sub(x.last) > glanceLife {
			delete(g.who, name)
		}
	}
	was := g.who[actor]
	if was != nil && was.busy {
		return false, nil, menshen.Errorf(menshen.CodeExhausted, "web.frame", "the frame before is still looked at").WithHint("send a frame only after the answer to the last one")
	}
	x := &glance{busy: true, last: now}
	g.who[actor] = x
	return was == nil, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		x.busy = false
	}, nil
}
