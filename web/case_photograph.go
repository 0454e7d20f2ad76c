package web

import (
	"context"
	"strings"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// PhotographSearch finds whom a photograph is of, and keeps nothing of it. Safe for concurrent use.
type PhotographSearch interface {
	// FindByPhotograph gives at most so many people, the most alike first.
	FindByPhotograph(ctx context.Context, photograph []byte, most int) (PhotographFinding, error)
}

// PhotographFinding says whom a photograph may be of.
type PhotographFinding struct {
	People  []PhotographMatch
	Doubts  []menshen.Text // what on it makes the answer less sure
	Refused *PhotoResult   // why nobody could be looked for: no face that is meant, for example; nil otherwise
}

// PhotographMatch is somebody enrolled who is like the face on a photograph.
type PhotographMatch struct {
	Registered

	Sure       bool
	Photograph []byte // kept at enrolment; nil for none
}

const (
	maxPhotographMatches = 5
	maxShownPhotograph   = 4 << 20 // bytes; a larger one is not sent along
	maxPhotographMessage = maxPhotoBytes + 1<<20
)

// FindByPhotograph answers within a case that is open to whoever asks, or while one is requested: then whoever could be named
// by typing a name may be named by a face, and the audit log has it as such, with the purpose. What is said of anybody is in the log before.
func (s caseService) FindByPhotograph(ctx context.Context, req *connect.Request[menshenv1.FindByPhotographRequest]) (*connect.Response[menshenv1.FindByPhotographResponse], error) {
	const op = "web.case"
	m := req.Msg
	if len(m.Photograph) == 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "photograph: it is empty").WithHint("choose a JPEG or PNG photograph")
	}
	if len(m.Photograph) > maxPhotoBytes {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "photograph: it has %d bytes", len(m.Photograph)).WithHint("a photograph has at most %d MB", maxPhotoBytes>>20)
	}
	subject := ""
	if strings.TrimSpace(m.Case) == "" {
		purpose, err := readNote("purpose", m.Purpose)
		if err != nil {
			return nil, err
		}
		if purpose == "" {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "purpose: it is empty").WithHint("say what the case is for before a face is looked for")
		}
		if err := s.recorder.record(ctx, "case.photograph", "", purpose, map[string]any{"requesting": true}); err != nil {
			return nil, err
		}
	} else {
		c, err := s.open(ctx, "case.photograph", m.Case, nil)
		if err != nil {
			return nil, err
		}
		if !traceable(c, s.now()) {
			return nil, menshen.Errorf(menshen.CodeDenied, op, "case %s is not open: nobody may look into it", c.Number).
				WithHint("it must be approved by a second person, and not have expired")
		}
		subject = c.ID
	}
	found, err := s.Photographs.FindByPhotograph(ctx, m.Photograph, maxPhotographMatches)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.FindByPhotographResponse{}
	named := []string{}
	for _, p := range found.People {
		match := &menshenv1.PhotographMatch{Person: proto.PersonViewToWire(p.Person, p.Templates), Likeness: "maybe"}
		if p.Sure {
			match.Likeness = "sure"
		}
		if len(p.Photograph) <= maxShownPhotograph {
			match.Photograph = p.Photograph
		}
		res.People, named = append(res.People, match), append(named, p.ID)
	}
	for _, d := range found.Doubts {
		res.Doubts = append(res.Doubts, proto.TextToWire(d))
	}
	if found.Refused != nil {
		res.Refused = photoResults([]PhotoResult{*found.Refused})[0]
	}
	if err := s.recorder.record(ctx, "case.photograph_named", subject, "", map[string]any{"people": named}); err != nil {
		return nil, err
	}
	return connect.NewResponse(res), nil
}
