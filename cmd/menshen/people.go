package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) peopleCommand() *cobra.Command {
	c := &cobra.Command{Use: "people", Short: "Find and remove enrolled people", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var limit uint32
	list := &cobra.Command{
		Use: "list [part of a name or dwelling]", Short: "Who is enrolled", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			query := ""
			if len(args) == 1 {
				query = args[0]
			}
			return a.listPeople(c, query, limit)
		},
	}
	list.Flags().Uint32VarP(&limit, "limit", "n", 100, "how many, 1 to 10000")
	remove := &cobra.Command{
		Use: "remove ID", Short: "Remove somebody's templates and mark them inactive; their passes stay", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.removePerson(c, args[0]) },
	}
	c.AddCommand(list, remove)
	return c
}

func (a *app) listPeople(c *cobra.Command, query string, limit uint32) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.People.ListPeople(c.Context(), connect.NewRequest(&menshenv1.ListPeopleRequest{Query: query, Limit: limit}))
	if err != nil {
		return err
	}
	if len(res.Msg.GetPeople()) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "没有找到。登记一位： menshen enroll --name 姓名 --dwelling 3-2-14-1402 --consent 签字人 照片.jpg",
			EN: "Nobody found. Enrol somebody: menshen enroll --name NAME --dwelling 3-2-14-1402 --consent NAME photo.jpg"}))
		return nil
	}
	t := newTable(a.text(menshen.Text{ZH: "姓名", EN: "name"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}),
		a.text(menshen.Text{ZH: "状态", EN: "state"}), a.text(menshen.Text{ZH: "模板", EN: "templates"}), "id")
	for _, p := range res.Msg.GetPeople() {
		state := menshen.Text{ZH: "在住", EN: "active"}
		if p.GetState() != string(menshen.PersonActive) {
			state = menshen.Text{ZH: "停用", EN: "inactive"}
		}
		t.add(p.GetName(), p.GetDwelling(), a.text(state), fmt.Sprint(p.GetTemplates()), p.GetId())
	}
	t.print(a.out)
	return nil
}

func (a *app) removePerson(c *cobra.Command, id string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if _, err := h.People.RemovePerson(c.Context(), connect.NewRequest(&menshenv1.RemovePersonRequest{Person: id})); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "人脸模板已删除，人员已停用；通行记录保留。", EN: "Templates removed, person inactive; passes stay."}))
	return err
}
