package main

import (
	"fmt"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// weekdays are the names that --weekdays takes, Sunday first as in time.Weekday.
var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (a *app) issuePermitCommand() *cobra.Command {
	p := &menshenv1.Permit{}
	var from, to, quota string
	var days []string
	var household bool
	c := &cobra.Command{
		Use: "issue PERSON --kind KIND", Short: "Issue a permit to somebody, by id or name", Args: cobra.ExactArgs(1),
		Long: `Issue a permit. Examples:

  menshen permit issue 王芳 --kind resident --quota 1/2 --household     one person of the household every two days
  menshen permit issue 赵大海 --kind worker --to 2020-06-30 --weekdays mon,tue,wed,thu,fri --hours 08:00-18:00 --gate east-1
  menshen permit issue 李强 --kind vehicle --plate 京A12345`,
		RunE: func(c *cobra.Command, args []string) error {
			p.Person = args[0]
			if err := setLimits(p, days, quota, household); err != nil {
				return err
			}
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if p.From, p.To, err = spanOf(h, from, to); err != nil {
				return err
			}
			res, err := h.Permits.IssuePermit(c.Context(), connect.NewRequest(&menshenv1.IssuePermitRequest{Permit: p}))
			if err != nil {
				return err
			}
			a.toldPermit(h, res.Msg.GetPermit())
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&p.Kind, "kind", "", "resident (pink), returnee (green), temporary, visitor, worker or vehicle")
	f.StringVar(&p.Plate, "plate", "", "of a vehicle")
	f.StringVar(&from, "from", "", "first day or exact time; now if absent")
	f.StringVar(&to, "to", "", "last day or exact time; without end if absent")
	f.StringSliceVar(&p.Gates, "gate", nil, "only at these gates")
	f.StringSliceVar(&days, "weekdays", nil, "only on these days: mon,tue,…")
	f.StringVar(&p.Hours, "hours", "", "only in these hours: 08:00-20:00")
	f.StringVar(&quota, "quota", "", "outings in days of the calendar: 1/2 is one every two days")
	f.BoolVar(&household, "household", false, "the quota is of the whole household together")
	_ = c.MarkFlagRequired("kind")
	return c
}

// setLimits reads weekdays and quota.
func setLimits(p *menshenv1.Permit, days []string, quota string, household bool) error {
	const op = "cmd.permit"
	for _, d := range days {
		i := slices.Index(weekdays[:], strings.ToLower(strings.TrimSpace(d)))
		if i < 0 {
			return menshen.Errorf(menshen.CodeInvalid, op, "--weekdays: %q is no day", d).WithHint("use sun, mon, tue, wed, thu, fri or sat, separated by commas")
		}
		p.Weekdays |= 1 << i
	}
	if quota == "" {
		if household {
			return menshen.Errorf(menshen.CodeInvalid, op, "--household is given without --quota").WithHint("say how often with --quota, for example 1/2")
		}
		return nil
	}
	q := &menshenv1.Quota{Household: household}
	var rest string
	if n, _ := fmt.Sscanf(quota+" .", "%d/%d %s", &q.Outings, &q.Days, &rest); n != 3 || rest != "." {
		return menshen.Errorf(menshen.CodeInvalid, op, "--quota: %q is no quota", quota).WithHint("write outings/days: 1/2 is one outing every two days")
	}
	p.Quota = q
	return nil
}
