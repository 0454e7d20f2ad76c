package main

import (
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) traceCaseCommand() *cobra.Command {
	m := &menshenv1.TraceCaseRequest{}
	var direction, format string
	c := &cobra.Command{
		Use: "case CASE [CASE…]", Short: "Whom cases may have infected, over how many people and by which path; nothing is kept", Args: cobra.MinimumNArgs(1),
		Long: `Whom a case may have infected within its infectious window, directly and over others, each with the earliest path; with --direction
backward who may have infected the case. The case must be open or closed. Nothing is kept: menshen case judge does that.

Of several cases, an outbreak, everybody is found once: by the case with the fewest steps, then the earliest. Level, risk and rule are those
of the exposure that reached the person; menshen case contacts has what all exposures together make of a contact.

The JSON is that of menshen trace chain, with more: level, risk, rule, and the path in words. path and hops lead from the case to
the person, backward as well; from and to of a hop say who passed it on to whom, and the words tell it in that order. exposed_at is
that of the last hop: when the person counts as exposed by next_from of the policy; backward, the latest time at which they can have
passed it on.`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case direction != "forward" && direction != "backward":
				return badFlag("--direction", direction, "forward or backward")
			case direction == "backward" && len(args) > 1:
				return badFlag("--direction", direction, "forward with several cases, or name one case")
			case c.Flags().Changed("generations") && (m.GetGenerations() < 1 || m.GetGenerations() > 5):
				return badFlag("--generations", fmt.Sprint(m.GetGenerations()), "1 to 5, or leave it out for the policy's")
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case, m.Others, m.Backward = args[0], args[1:], direction == "backward"
			res, err := h.Cases.TraceCase(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			if format == "json" {
				return writeJSON(a.out, caseChain(res.Msg, m.GetBackward(), h.location))
			}
			a.printTrace(h, res.Msg)
			return nil
		},
	}
	c.Flags().StringVar(&m.Policy, "policy", "", "id, or id@version; the case's if absent")
	c.Flags().Uint32Var(&m.Generations, "generations", 0, "at most so many, 1 to 5; the policy's if absent")
	c.Flags().StringVar(&direction, "direction", "forward", "forward: whom the case may have infected; backward: who may have infected it")
	formatFlag(c, &format)
	return c
}

func (a *app) printTrace(h *remote, m *menshenv1.TraceCaseResponse) {
	a.printSubject(h, m.GetCase().GetPerson(), m.GetWindowFrom(), m.GetWindowTo())
	a.tellMissing(h, m.GetMissingBefore())
	if len(m.GetPeople()) == 0 {
		a.tell("没有发现接触者。", "No contacts found.")
		return
	}
	t := newTable(a.either("代", "gen."), a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("判定", "level"), a.either("暴露", "exposed"), a.either("可信度", "sureness"), a.either("路径", "path"))
	for _, f := range m.GetPeople() {
		t.add(fmt.Sprint(f.GetGeneration()), f.GetPerson().GetName(), f.GetPerson().GetDwelling(), a.level(f.GetLevel()), h.minute(f.GetExposed()),
			fmt.Sprintf("%.0f %%", 100*f.GetSureness()), a.words(f.GetWords()))
	}
	t.print(a.out)
	a.tell(fmt.Sprintf("共 %d 人", len(m.GetPeople())), fmt.Sprintf("%d people", len(m.GetPeople())))
}

// caseChainJSON has the keys of menshen trace chain, and more.
type caseChainJSON struct {
	Root   string    `json:"root"`
	Case   string    `json:"case"`
	Policy string    `json:"policy"`
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	// MissingBefore is from when on passes are at hand, where some of the window are not.
	MissingBefore time.Time         `json:"missing_before,omitzero"`
	People        []chainPersonJSON `json:"people"`
}

type chainPersonJSON struct {
	Person     string            `json:"person"`
	Index      string            `json:"index"` // the index person whose case reached them
	Name       string            `json:"name"`
	Dwelling   string            `json:"dwelling,omitempty"`
	Generation uint32            `json:"generation"`
	ExposedAt  time.Time         `json:"exposed_at,omitzero"`
	Path       []string          `json:"path"` // ids, from the case to the person
	Level      string            `json:"level"`
	Risk       string            `json:"risk"`
	Rule       string            `json:"rule"`
	Sureness   float64           `json:"sureness"`
	Hops       []hopJSON         `json:"hops"`
	Words      map[string]string `json:"words"`
}

type hopJSON struct {
	From      string    `json:"from"`
	To        string    `json:"to"`
	Kind      string    `json:"kind"`
	Zone      string    `json:"zone,omitempty"`
	Gate      string    `json:"gate,omitempty"`
	Begin     time.Time `json:"begin,omitzero"`
	End       time.Time `json:"end,omitzero"`
	ExposedAt time.Time `json:"exposed_at,omitzero"`
	Inferred  bool      `json:"inferred"`
	LeastS    float64   `json:"least_s"`
	Sureness  float64   `json:"sureness"`
}

// caseChain has paths from the case to the person: those of the answer lead, asked backward, from the person to the case.
func caseChain(m *menshenv1.TraceCaseResponse, backward bool, loc *time.Location) caseChainJSON {
	out := caseChainJSON{
		Root: m.GetCase().GetPerson().GetId(), Case: m.GetCase().GetNumber(), Policy: policyRef(m.GetPolicy()),
		From: local(m.GetWindowFrom(), loc), To: local(m.GetWindowTo(), loc), MissingBefore: local(m.GetMissingBefore(), loc), People: []chainPersonJSON{},
	}
	for _, f := range m.GetPeople() {
		p := chainPersonJSON{
			Person: f.GetPerson().GetId(), Index: f.GetIndex(), Name: f.GetPerson().GetName(), Dwelling: f.GetPerson().GetDwelling(), Generation: f.GetGeneration(), ExposedAt: local(f.GetExposed(), loc),
			Path: []string{}, Level: f.GetLevel(), Risk: f.GetRisk(), Rule: f.GetRule(), Sureness: f.GetSureness(), Hops: []hopJSON{},
			Words: map[string]string{"zh": f.GetWords().GetZh(), "en": f.GetWords().GetEn()},
		}
		path := slices.Clone(f.GetPath())
		if backward {
			slices.Reverse(path)
		}
		for i, hop := range path {
			near, far := hop.GetFrom(), hop.GetTo()
			if backward {
				near, far = far, near
			}
			if i == 0 {
				p.Path = append(p.Path, near.GetId())
			}
			p.Path = append(p.Path, far.GetId())
			e := hop.GetExposure()
			p.Hops = append(p.Hops, hopJSON{
				hop.GetFrom().GetId(), hop.GetTo().GetId(), e.GetKind(), e.GetZone(), e.GetGate(), local(e.GetFrom(), loc), local(e.GetTo(), loc), local(hop.GetExposed(), loc),
				e.GetInferred(), e.GetLeast().AsDuration().Seconds(), e.GetSureness(),
			})
		}
		out.People = append(out.People, p)
	}
	return out
}
