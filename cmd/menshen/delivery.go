package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) deliveryCommand() *cobra.Command {
	m := &menshenv1.TakeDeliveryRequest{}
	take := &cobra.Command{
		Use: "take DWELLING --gate GATE --item WHAT", Short: "Keep something at a gate, so that the courier need not come in", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m.Dwelling = args[0]
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			res, err := h.Visits.TakeDelivery(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tell("已代收，编号 "+res.Msg.GetDelivery().GetId(), "taken, id "+res.Msg.GetDelivery().GetId())
			return nil
		},
	}
	take.Flags().StringVar(&m.Gate, "gate", "", "where")
	take.Flags().StringVar(&m.Item, "item", "", "what it is and where it was put")
	take.Flags().StringVar(&m.Carrier, "carrier", "", "company of the courier")
	take.Flags().StringVar(&m.Phone, "phone", "", "of the courier")
	_ = take.MarkFlagRequired("gate")
	_ = take.MarkFlagRequired("item")
	var to, format string
	hand := &cobra.Command{
		Use: "hand DELIVERY --to WHO", Short: "Hand a delivery over", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if _, err := h.Visits.HandOver(c.Context(), connect.NewRequest(&menshenv1.HandOverRequest{Delivery: args[0], To: to})); err != nil {
				return err
			}
			a.tell("已交接。", "Handed over.")
			return nil
		},
	}
	hand.Flags().StringVar(&to, "to", "", "who fetched it")
	_ = hand.MarkFlagRequired("to")
	q := &menshenv1.ListDeliveriesRequest{}
	list := &cobra.Command{
		Use: "list [DWELLING]", Short: "Deliveries, latest first", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q.Dwelling = strings.Join(args, "")
			return a.listDeliveries(c, q, format)
		},
	}
	list.Flags().BoolVar(&q.Waiting, "waiting", false, "only what was not fetched yet")
	list.Flags().Uint32VarP(&q.Limit, "limit", "n", 100, "how many, 1 to 10000")
	formatFlag(list, &format)
	return group("delivery", "Deliveries kept at the gates", take, hand, list)
}

func (a *app) listDeliveries(c *cobra.Command, q *menshenv1.ListDeliveriesRequest, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Visits.ListDeliveries(c.Context(), connect.NewRequest(q))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetDeliveries()) == 0 {
		a.tell("没有代收物品。", "No deliveries.")
		return nil
	}
	t := newTable(a.either("收件住址", "for"), a.either("物品", "item"), a.either("快递公司", "carrier"), a.either("出入口", "gate"), a.either("代收时间", "taken"), a.either("取走", "fetched"), "id")
	for _, d := range res.Msg.GetDeliveries() {
		fetched := a.either("未取", "waiting")
		if d.GetHanded() != nil {
			fetched = fmt.Sprintf("%s %s", h.time(d.GetHanded()), d.GetHandedTo())
		}
		t.add(d.GetDwelling(), d.GetItem(), d.GetCarrier(), a.gateName(h, d.GetGate()), h.time(d.GetArrived()), fetched, d.GetId())
	}
	t.print(a.out)
	return nil
}
