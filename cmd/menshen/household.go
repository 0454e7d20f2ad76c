package main

import (
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) householdCommand() *cobra.Command {
	var limit uint32
	var format string
	list := &cobra.Command{
		Use: "list [part of a dwelling or name]", Short: "Households and who lives there", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.listHouseholds(c, strings.Join(args, ""), limit, format)
		},
	}
	list.Flags().Uint32VarP(&limit, "limit", "n", 100, "how many, 1 to 10000")
	formatFlag(list, &format)
	m := &menshenv1.PutHouseholdRequest{}
	put := &cobra.Command{
		Use: "put DWELLING", Short: "Add the household of a dwelling, or change its language, note and what it shares", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Dwelling = args[0]
			res, err := h.Registry.PutHousehold(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tell("已保存，编号 "+res.Msg.GetHousehold(), "kept, id "+res.Msg.GetHousehold())
			return nil
		},
	}
	put.Flags().StringVar(&m.Language, "language", "", "of notices: zh or en")
	put.Flags().StringVar(&m.Note, "note", "", "for the office")
	put.Flags().BoolVar(&m.Shared, "shared", false, "kitchen and bath are shared with other households")
	return group("household", "Households: who lives where", list, put)
}

func (a *app) listHouseholds(c *cobra.Command, query string, limit uint32, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Registry.ListHouseholds(c.Context(), connect.NewRequest(&menshenv1.ListHouseholdsRequest{Query: query, Limit: limit}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetHouseholds()) == 0 {
		a.tell("没有找到住户。", "No household found.")
		return nil
	}
	t := newTable(a.either("住址", "dwelling"), a.either("人员", "people"), a.either("语言", "language"), a.either("合用厨卫", "shared"), a.either("备注", "note"), "id")
	for _, x := range res.Msg.GetHouseholds() {
		var names []string
		for _, p := range x.GetPeople() {
			names = append(names, p.GetName())
		}
		t.add(x.GetDwelling(), strings.Join(names, a.either("、", ", ")), x.GetLanguage(), a.yesNo(x.GetShared()), x.GetNote(), x.GetId())
	}
	t.print(a.out)
	return nil
}
