package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) zoneCommand() *cobra.Command {
	var format string
	list := &cobra.Command{
		Use: "list", Short: "Zones, and how many people are in each", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listZones(c, format) },
	}
	formatFlag(list, &format)
	return group("zone", "Zones and who is in them, by number", list)
}

func (a *app) listZones(c *cobra.Command, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Gates.GetOccupancy(c.Context(), connect.NewRequest(&menshenv1.GetOccupancyRequest{}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	t := newTable(a.either("区域", "zone"), a.either("名称", "name"), a.either("人数", "people"), a.either("上限", "capacity"))
	for _, z := range res.Msg.GetZones() {
		capacity := "–"
		if z.GetCapacity() > 0 {
			capacity = fmt.Sprint(z.GetCapacity())
		}
		t.add(z.GetZone(), a.zoneName(h, z.GetZone()), fmt.Sprint(z.GetPeople()), capacity)
	}
	t.print(a.out)
	return nil
}
