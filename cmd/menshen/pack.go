package main

import (
	"fmt"
	"os"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) packCommand() *cobra.Command {
	c := group("pack", "Requests for people's passes, for themselves: ask, decide, list",
		a.requestPackCommand(), a.decidePackCommand("approve", true), a.decidePackCommand("refuse", false), a.listPacksCommand())
	c.Long = `What is held about a person is handed to them by menshen person pack. Their passes tell where they were, so they are in it by a request
alone that a second person approved: an account with the role of an approver, or the operator for what an account of the office asked.
An approval is good for 7 days and 3 fetches.`
	return c
}

// packPersonCommand hands a person what is held about them.
func (a *app) packPersonCommand() *cobra.Command {
	var out string
	m := &menshenv1.PackPersonRequest{}
	c := &cobra.Command{
		Use: "pack ID (--asked-by WHO | --request ID)", Short: "What is held about one person and who looked at it, for that person", Args: cobra.ExactArgs(1),
		Long: `Write what is held about one person, and who looked at it, as a ZIP to hand to them: a page to print in both languages, a file for programs,
and the photographs kept. Their passes are in it with --request alone, by a request that a second person approved: see menshen pack.
Who asked for it is recorded. Make sure that it is them, or their guardian.`,
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Person = args[0]
			res, err := h.Registry.PackPerson(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			if out == "" {
				out = res.Msg.GetName()
			}
			if err := os.WriteFile(out, res.Msg.GetZip(), 0o600); err != nil {
				return diskError("cmd.pack", out, err)
			}
			if m.Request == "" {
				a.tell("已写入 "+out+"，不含通行记录（须申请并由第二人批准：menshen pack request）。交给本人后请删除。",
					"written: "+out+", without their passes (a second person approves those: menshen pack request). Hand it to them, then remove it.")
				return nil
			}
			a.tell("已写入 "+out+"。其中是一个人的全部信息：交给本人后请删除。", "written: "+out+". It has all about one person: hand it to them, then remove it.")
			return nil
		},
	}
	f := c.Flags()
	f.StringVarP(&out, "out", "o", "", "file to write; a name with the id if absent")
	f.StringVar(&m.AskedBy, "asked-by", "", "who asked: the person, a guardian, or whoever they named")
	f.StringVar(&m.Request, "request", "", "id of an approved request: the passes are in it too")
	c.MarkFlagsOneRequired("asked-by", "request")
	c.MarkFlagsMutuallyExclusive("asked-by", "request")
	return c
}

func (a *app) requestPackCommand() *cobra.Command {
	m := &menshenv1.RequestPackRequest{}
	c := &cobra.Command{
		Use: "request PERSON --asked-by WHO", Short: "Ask for a person's passes, for themselves; a second person approves it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Person = args[0]
			res, err := h.Registry.RequestPack(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tellPack(h, res.Msg.GetRequest())
			return nil
		},
	}
	c.Flags().StringVar(&m.AskedBy, "asked-by", "", "who asked, and how they showed who they are")
	_ = c.MarkFlagRequired("asked-by")
	return c
}

func (a *app) decidePackCommand(use string, approve bool) *cobra.Command {
	short := "Approve a request that somebody else made"
	if !approve {
		short = "Refuse a request that somebody else made"
	}
	m := &menshenv1.DecidePackRequest{Approve: approve}
	c := &cobra.Command{Use: use + " REQUEST --why TEXT", Short: short, Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Request = args[0]
		res, err := h.Registry.DecidePack(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellPack(h, res.Msg.GetRequest())
		return nil
	}}
	c.Flags().StringVar(&m.Why, "why", "", "reason, kept with the request")
	_ = c.MarkFlagRequired("why")
	return c
}

// tellPack says how a request is after it was changed, and who must go on with it.
func (a *app) tellPack(h *remote, r *menshenv1.PackRequest) {
	who := r.GetPerson().GetName()
	switch menshen.PackState(r.GetState()) {
	case menshen.PackRequested:
		a.tell("已申请 "+who+" 的通行记录，编号 "+r.GetId()+"，须在 "+h.time(r.GetExpires())+" 前由另一人批准。", "The passes of "+who+" are asked for: request "+r.GetId()+". Somebody else must approve it until "+h.time(r.GetExpires())+".")
	case menshen.PackApproved:
		a.tell(fmt.Sprintf("已批准。在 %s 前可领取 %d 次：", h.time(r.GetExpires()), r.GetFetches()), fmt.Sprintf("Approved. It can be fetched until %s, %d times:", h.time(r.GetExpires()), r.GetFetches()))
		fmt.Fprintln(a.out, "  menshen person pack", r.GetPerson().GetId(), "--request", r.GetId())
	default:
		a.tell("未批准："+r.GetWhy(), "refused: "+r.GetWhy())
	}
}

func (a *app) listPacksCommand() *cobra.Command {
	m := &menshenv1.ListPacksRequest{}
	var format string
	c := &cobra.Command{Use: "list", Short: "Requests, and which wait for approval", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		res, err := h.Registry.ListPacks(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		if len(res.Msg.GetRequests()) == 0 {
			a.tell("没有申请。", "No requests.")
			return nil
		}
		t := newTable(a.either("编号", "id"), a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("状态", "state"), a.either("由谁提出", "asked by"),
			a.either("申请人", "requested by"), a.either("批准人", "decided by"), a.either("有效期至", "until"), a.either("已领取", "fetched"))
		for _, r := range res.Msg.GetRequests() {
			t.add(r.GetId(), r.GetPerson().GetName(), r.GetPerson().GetDwelling(), a.packState(r), r.GetAskedBy(), r.GetRequestedBy(), r.GetDecidedBy(), h.time(r.GetExpires()),
				fmt.Sprintf("%d/%d", r.GetFetched(), r.GetFetches()))
		}
		t.print(a.out)
		return nil
	}}
	f := c.Flags()
	f.StringVar(&m.Person, "person", "", "only those about a person, by id")
	f.StringVar(&m.State, "state", "", "only those in a state: requested, approved or refused")
	f.Uint32Var(&m.Limit, "limit", 0, "at most so many")
	formatFlag(c, &format)
	return c
}

func (a *app) packState(r *menshenv1.PackRequest) string {
	text := a.text(menshen.PackState(r.GetState()).Text())
	if r.GetExpired() && r.GetState() != string(menshen.PackRefused) {
		text += a.either("（已过期）", " (expired)")
	}
	return text
}
