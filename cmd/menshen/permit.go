package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) permitCommand() *cobra.Command {
	var to, reason, format, language, output string
	renew := &cobra.Command{
		Use: "renew PERMIT --to DAY", Short: "End a permit and issue the same one until another day", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.renewPermit(c, args[0], to) },
	}
	renew.Flags().StringVar(&to, "to", "", "last day, e.g. 2020-03-31, or an exact time; without end if absent")
	revoke := &cobra.Command{
		Use: "revoke PERMIT --reason WHY", Short: "Take a permit away; it stops working at every gate within seconds", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if _, err := h.Permits.RevokePermit(c.Context(), connect.NewRequest(&menshenv1.RevokePermitRequest{Permit: args[0], Reason: reason})); err != nil {
				return err
			}
			a.tell("已吊销。", "Revoked.")
			return nil
		},
	}
	revoke.Flags().StringVar(&reason, "reason", "", "why; kept with the permit")
	_ = revoke.MarkFlagRequired("reason")
	m := &menshenv1.ListPermitsRequest{}
	list := &cobra.Command{
		Use: "list [PERSON]", Short: "Permits, latest issued first", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m.Person = strings.Join(args, "")
			return a.listPermits(c, m, format)
		},
	}
	list.Flags().StringVar(&m.Kind, "kind", "", "only this kind: resident, returnee, temporary, visitor, worker or vehicle")
	list.Flags().BoolVar(&m.Valid, "valid", false, "only those that are valid now")
	list.Flags().Uint32VarP(&m.Limit, "limit", "n", 100, "how many, 1 to 10000")
	formatFlag(list, &format)
	printing := &cobra.Command{
		Use: "print PERMIT…", Short: "Write sheets with a QR to a page that a browser prints", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.printPermits(c, args, language, output) },
	}
	printing.Flags().StringVarP(&output, "output", "o", "permits.html", "file to write")
	printing.Flags().StringVar(&language, "language", "", "zh or en; both if absent")
	return group("permit", "Permits: issue, renew, revoke, list and print", a.issuePermitCommand(), renew, revoke, list, printing)
}

func (a *app) renewPermit(c *cobra.Command, id, to string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	m := &menshenv1.RenewPermitRequest{Permit: id}
	if m.To, err = parseEnd("--to", to, h.location); err != nil {
		return err
	}
	res, err := h.Permits.RenewPermit(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	a.toldPermit(h, res.Msg.GetPermit())
	return nil
}

// toldPermit says which permit there is now.
func (a *app) toldPermit(h *remote, p *menshenv1.Permit) {
	kind := menshen.PermitKind(p.GetKind()).Text()
	a.tell(fmt.Sprintf("%s，%s 起，至 %s，编号 %s", kind.ZH, h.time(p.GetFrom()), h.time(p.GetTo()), p.GetId()),
		fmt.Sprintf("%s, from %s until %s, id %s", kind.EN, h.time(p.GetFrom()), h.time(p.GetTo()), p.GetId()))
}

func (a *app) listPermits(c *cobra.Command, m *menshenv1.ListPermitsRequest, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Permits.ListPermits(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetPermits()) == 0 {
		a.tell("没有出入证。发证：menshen permit issue 姓名 --kind resident", "No permits. Issue one: menshen permit issue NAME --kind resident")
		return nil
	}
	t := a.permitTable()
	for _, v := range res.Msg.GetPermits() {
		t.add(a.permitCells(h, v)...)
	}
	t.print(a.out)
	return nil
}

func (a *app) permitTable() *table {
	return newTable(a.either("种类", "kind"), a.either("持证人", "holder"), a.either("住址", "dwelling"), a.either("从", "from"), a.either("到", "to"),
		a.either("限制", "limits"), a.either("状态", "status"), "id")
}

func (a *app) permitCells(h *remote, v *menshenv1.PermitView) []string {
	p := v.GetPermit()
	return []string{
		a.text(menshen.PermitKind(p.GetKind()).Text()), join(v.GetName(), p.GetPlate()), v.GetDwelling(), h.time(p.GetFrom()), h.time(p.GetTo()),
		a.permitLimits(p), a.permitStatus(v), p.GetId(),
	}
}

// permitLimits says what a permit is bound to, in few words.
func (a *app) permitLimits(p *menshenv1.Permit) string {
	days := ""
	for i := range 7 {
		if p.GetWeekdays()&(1<<i) != 0 {
			days = join(days, a.either([]string{"日", "一", "二", "三", "四", "五", "六"}[i], weekdays[i]))
		}
	}
	quota := ""
	if q := p.GetQuota(); q.GetOutings() > 0 {
		quota = fmt.Sprintf("%d/%s", q.GetOutings(), a.either(fmt.Sprintf("%d天", q.GetDays()), fmt.Sprintf("%dd", q.GetDays())))
		if q.GetHousehold() {
			quota += a.either("（全户）", " (household)")
		}
	}
	return join(strings.Join(p.GetGates(), " "), days, p.GetHours(), quota)
}

func (a *app) permitStatus(v *menshenv1.PermitView) string {
	switch {
	case v.GetPermit().GetRevoked() != nil && v.GetPermit().GetRevokedFor() == "renewed":
		return a.either("已续期", "renewed")
	case v.GetPermit().GetRevoked() != nil:
		return a.either("已吊销："+v.GetPermit().GetRevokedFor(), "revoked: "+v.GetPermit().GetRevokedFor())
	case v.GetStatus() == "valid":
		return a.either("有效", "valid")
	case v.GetStatus() == "not_yet":
		return a.either("尚未生效", "not yet valid")
	case v.GetStatus() == "expired":
		return a.either("已过期", "expired")
	}
	return v.GetStatus()
}

func (a *app) printPermits(c *cobra.Command, permits []string, language, output string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Permits.PrintPermits(c.Context(), connect.NewRequest(&menshenv1.PrintPermitsRequest{Permits: permits, Language: language}))
	if err != nil {
		return err
	}
	if err := writeOutput(output, res.Msg.GetPage()); err != nil {
		return err
	}
	a.tell("已写入 "+output+"，用浏览器打开并打印。", output+" written: open it in a browser and print it.")
	return nil
}

// spanOf reads the two ends of a span, the second one as people mean it.
func spanOf(h *remote, from, to string) (f, t *timestamppb.Timestamp, err error) {
	if f, err = parseTime("--from", from, h.location); err != nil {
		return nil, nil, err
	}
	t, err = parseEnd("--to", to, h.location)
	return f, t, err
}
