package main

import (
	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) noteOfContactCommand() *cobra.Command {
	m := &menshenv1.SetContactNoteRequest{}
	c := &cobra.Command{Use: "note CASE CONTACT TEXT --why TEXT", Short: "Keep a note on a contact in place of the one before", Args: cobra.ExactArgs(3), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact, m.Note = args[0], args[1], args[2]
		res, err := h.Cases.SetContactNote(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellContact(h, res.Msg.GetContact())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) eraseContactCommand() *cobra.Command {
	m := &menshenv1.EraseContactRequest{}
	c := &cobra.Command{
		Use: "erase CASE CONTACT --why TEXT", Short: "Take the name and telephone of a contact from an interview out; it cannot be undone", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case, m.Contact = args[0], args[1]
			res, err := h.Cases.EraseContact(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tell("姓名和电话已删除："+res.Msg.GetContact().GetId(), "name and telephone are erased: "+res.Msg.GetContact().GetId())
			return nil
		},
	}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) unlinkCommand() *cobra.Command {
	m := &menshenv1.EndFollowUpLinksRequest{}
	c := &cobra.Command{Use: "unlink CASE CONTACT --why TEXT", Short: "Make the links of a contact good no more", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact = args[0], args[1]
		if _, err := h.Cases.EndFollowUpLinks(c.Context(), connect.NewRequest(m)); err != nil {
			return err
		}
		a.tell("链接已作废", "the links are good no more")
		return nil
	}}
	whyFlag(c, &m.Why)
	return c
}
