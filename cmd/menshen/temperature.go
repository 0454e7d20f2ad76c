package main

import (
	"fmt"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) temperatureCommand() *cobra.Command {
	m := &menshenv1.RecordTemperatureRequest{}
	var at, from, format string
	record := &cobra.Command{
		Use: "record PERSON CELSIUS", Short: "Keep a reading, e.g. 36.5", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.recordTemperature(c, m, args, at) },
	}
	record.Flags().StringVar(&m.Source, "source", "guard", "gate, guard or self")
	record.Flags().StringVar(&m.Gate, "gate", "", "at which gate")
	record.Flags().StringVar(&at, "at", "", "when; now if absent")
	q := &menshenv1.ListTemperaturesRequest{}
	list := &cobra.Command{
		Use: "list [PERSON]", Short: "Readings, latest first", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q.Person = strings.Join(args, "")
			return a.listTemperatures(c, q, from, format)
		},
	}
	list.Flags().BoolVar(&q.Fever, "fever", false, "only fever")
	list.Flags().StringVar(&from, "from", "", "since when; 14 days ago if absent")
	formatFlag(list, &format)
	return group("temperature", "Temperatures of people", record, list)
}

func (a *app) recordTemperature(c *cobra.Command, m *menshenv1.RecordTemperatureRequest, args []string, at string) error {
	celsius, err := strconv.ParseFloat(strings.TrimSuffix(args[1], "°C"), 64)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.temperature", "%q is no temperature", args[1]).WithHint("write it in °C, for example 36.5")
	}
	m.Person, m.Celsius = args[0], celsius
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if m.At, err = parseTime("--at", at, h.location); err != nil {
		return err
	}
	res, err := h.Health.RecordTemperature(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if res.Msg.GetFever() {
		a.tell(fmt.Sprintf("已记录 %.1f °C。发热！", celsius), fmt.Sprintf("%.1f °C kept. This is a fever!", celsius))
		return nil
	}
	a.tell(fmt.Sprintf("已记录 %.1f °C。", celsius), fmt.Sprintf("%.1f °C kept.", celsius))
	return nil
}

func (a *app) listTemperatures(c *cobra.Command, q *menshenv1.ListTemperaturesRequest, from, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if q.From, err = parseTime("--from", from, h.location); err != nil {
		return err
	}
	res, err := h.Health.ListTemperatures(c.Context(), connect.NewRequest(q))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	t := newTable(a.either("时间", "time"), "°C", a.either("来源", "source"), a.either("出入口", "gate"), a.either("人员", "person"), a.either("记录人", "by"))
	for _, x := range res.Msg.GetTemperatures() {
		t.add(h.time(x.GetAt()), fmt.Sprintf("%.1f", x.GetCelsius()), a.word(x.GetSource()), a.gateName(h, x.GetGate()), x.GetPerson(), x.GetBy())
	}
	t.print(a.out)
	return nil
}
