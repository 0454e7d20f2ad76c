package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/store/sqlite"
	"menshen/web"
)

// offerSetUp says how to make the first account, while there is none. The code is good until one is made, or Menshen ends.
func (a *app) offerSetUp(ctx context.Context, h *hub) error {
	code, err := h.accounts.SetUpCode(ctx)
	if err != nil || code == "" {
		return err
	}
	link := cmp.Or(strings.TrimSuffix(h.cfg.Web.PublicURL, "/"), h.web.URL()) + "/account/set-up?code=" + code
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: "还没有账号。请在浏览器中打开这个一次性链接，设置第一个账号：",
		EN: "There is no account yet. Open this one-time link in a browser to set up the first one:",
	}))
	_, err = fmt.Fprintln(a.out, "  "+link)
	return err
}

// auditLog is the audit log as the pages read it.
type auditLog struct{ *hub }

// AuditPage implements web.AuditLog.
func (l auditLog) AuditPage(ctx context.Context, q web.AuditQuestion) ([]web.AuditLine, error) {
	entries, numbers, err := l.pipeline.store.AuditPage(ctx, sqlite.AuditQuestion{Actor: q.Actor, Action: q.Action, Subject: q.Subject, About: q.About, Span: q.Span, Before: q.Before, Limit: q.Limit})
	lines := make([]web.AuditLine, len(entries))
	for i := range entries {
		lines[i] = web.AuditLine{Sequence: numbers[i], AuditEntry: entries[i]}
	}
	return lines, err
}

func (a *app) accountCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "Which accounts there are", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listAccounts(c) },
	}
	var roles []string
	var shown string
	invite := &cobra.Command{
		Use: "invite NAME --role ROLE", Short: "Make an account and a link that sets its password, good once, for three days", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m := &menshenv1.InviteAccountRequest{Name: args[0], Shown: shown}
			for _, r := range roles {
				m.Roles = append(m.Roles, menshenv1.Role(menshenv1.Role_value["ROLE_"+strings.ToUpper(r)]))
			}
			res, err := h.Accounts.InviteAccount(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, res.Msg.GetLink())
			return err
		},
	}
	invite.Flags().StringSliceVar(&roles, "role", nil, "guard, office, investigator, approver, operator or auditor; may be given more than once")
	invite.Flags().StringVar(&shown, "shown", "", "name that others see")
	_ = invite.MarkFlagRequired("role")
	reset := &cobra.Command{
		Use: "reset NAME", Short: "Take password, second factors and sessions away, and make a link that sets the password anew", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			res, err := h.Accounts.ResetAccount(c.Context(), connect.NewRequest(&menshenv1.ResetAccountRequest{Id: args[0]}))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, res.Msg.GetLink())
			return err
		},
	}
	disable := &cobra.Command{
		Use: "disable NAME", Short: "End all sessions of an account and let it sign in no more", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.disableAccount(c, args[0]) },
	}
	return group("account", "Accounts of people who use the pages", list, invite, reset, disable)
}

func (a *app) listAccounts(c *cobra.Command) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Accounts.ListAccounts(c.Context(), connect.NewRequest(&menshenv1.ListAccountsRequest{}))
	if err != nil {
		return err
	}
	t := newTable(a.either("名称", "name"), a.either("显示", "shown"), a.either("角色", "roles"), a.either("状态", "state"))
	for _, x := range res.Msg.GetAccounts() {
		state := a.either("正常", "active")
		switch {
		case x.GetDisabled():
			state = a.either("停用", "disabled")
		case x.GetInvited():
			state = a.either("已邀请", "invited")
		}
		var roles []string
		for _, r := range x.GetRoles() {
			roles = append(roles, strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_")))
		}
		t.add(x.GetName(), x.GetShown(), strings.Join(roles, " "), state)
	}
	t.print(a.out)
	return nil
}

func (a *app) disableAccount(c *cobra.Command, name string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Accounts.ListAccounts(c.Context(), connect.NewRequest(&menshenv1.ListAccountsRequest{}))
	if err != nil {
		return err
	}
	for _, x := range res.Msg.GetAccounts() {
		if x.GetName() != strings.ToLower(name) {
			continue
		}
		if _, err := h.Accounts.SetAccount(c.Context(), connect.NewRequest(&menshenv1.SetAccountRequest{Id: x.GetId(), Disabled: proto.Bool(true)})); err != nil {
			return err
		}
		a.tell("账号已停用。", "The account is disabled.")
		return nil
	}
	return menshen.Errorf(menshen.CodeNotFound, "cmd.account", "there is no such account").WithHint("see: menshen account list")
}
