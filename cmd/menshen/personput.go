package main

import (
	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) putPersonCommand() *cobra.Command {
	m := &menshenv1.PutPersonRequest{}
	x := &menshenv1.Particulars{}
	c := &cobra.Command{
		Use: "put --name NAME [--dwelling BUILDING-UNIT-FLOOR-ROOM]", Short: "Add somebody, or with --id change what is given", Args: cobra.NoArgs,
		Long: "Add somebody without a face, or with --id change what is given of somebody who is there and leave the rest.",
		RunE: func(c *cobra.Command, _ []string) error { return a.putPerson(c, m, x) },
	}
	f := c.Flags()
	f.StringVar(&m.Person, "id", "", "of somebody who is there already")
	f.StringVar(&m.Name, "name", "", "of the person")
	f.StringVar(&m.Dwelling, "dwelling", "", "building-unit-floor-room, e.g. 3-2-14-1402; none for somebody who does not live here")
	f.StringVar(&m.State, "state", "", "active or inactive")
	f.StringVar(&x.Phone, "phone", "", "digits")
	f.StringVar(&x.DocumentKind, "document-kind", "", "id_card, passport, hk_macau, taiwan, residence or other; id_card if only the number is given")
	f.StringVar(&x.DocumentNumber, "document", "", "number of the identity document")
	f.StringVar(&x.Role, "role", "", "in the household: head, member, tenant or help")
	f.StringVar(&x.Guardian, "guardian", "", "id of a parent, for a child under 14")
	f.StringVar(&x.Born, "born", "", "date of birth, e.g. 1990-05-31")
	f.StringVar(&x.Language, "language", "", "of notices: zh or en")
	return c
}

// putPerson fills in what is there already: the API takes a whole person.
func (a *app) putPerson(c *cobra.Command, m *menshenv1.PutPersonRequest, x *menshenv1.Particulars) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	particulars := false
	for _, name := range []string{"phone", "document-kind", "document", "role", "guardian", "born", "language"} {
		particulars = particulars || c.Flags().Changed(name)
	}
	if m.GetPerson() != "" {
		res, err := h.Registry.GetPerson(c.Context(), connect.NewRequest(&menshenv1.GetPersonRequest{Person: m.GetPerson()}))
		if err != nil {
			return err
		}
		p, was := res.Msg.GetRecord().GetPerson(), res.Msg.GetRecord().GetParticulars()
		for _, field := range []struct {
			flag string
			into *string
			old  string
		}{
			{"name", &m.Name, p.GetName()}, {"dwelling", &m.Dwelling, p.GetDwelling()}, {"state", &m.State, p.GetState()},
			{"phone", &x.Phone, was.GetPhone()}, {"document", &x.DocumentNumber, was.GetDocumentNumber()}, {"role", &x.Role, was.GetRole()},
			{"guardian", &x.Guardian, was.GetGuardian()}, {"born", &x.Born, was.GetBorn()}, {"language", &x.Language, was.GetLanguage()},
		} {
			if !c.Flags().Changed(field.flag) {
				*field.into = field.old
			}
		}
		if !c.Flags().Changed("document-kind") && !c.Flags().Changed("document") {
			x.DocumentKind = was.GetDocumentKind()
		}
		m.Person = p.GetId()
	}
	if particulars {
		m.Particulars = x
	}
	res, err := h.Registry.PutPerson(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	a.tell("已保存，编号 "+res.Msg.GetPerson(), "kept, id "+res.Msg.GetPerson())
	return nil
}
