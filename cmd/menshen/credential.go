package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) credentialCommand() *cobra.Command {
	m := &menshenv1.IssueCredentialRequest{}
	issue := &cobra.Command{
		Use: "issue PERSON --kind qr|pin|card", Short: "Issue what counts as much as a face", Args: cobra.ExactArgs(1),
		Long: `Issue a QR key, a PIN or a card to somebody, by id or name. Permits and policy are the same as with a face. What is secret is
shown this once.`,
		RunE: func(c *cobra.Command, args []string) error {
			m.Person = args[0]
			return a.issueCredential(c, m)
		},
	}
	issue.Flags().StringVar(&m.Kind, "kind", "", "qr, pin or card")
	issue.Flags().StringVar(&m.Card, "card", "", "number of the card, as the reader reads it")
	issue.Flags().StringVar(&m.Label, "label", "", "for people, e.g. \"mother's card\"")
	_ = issue.MarkFlagRequired("kind")
	var reason, format string
	revoke := &cobra.Command{
		Use: "revoke CREDENTIAL --reason WHY", Short: "Take a credential away", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if _, err := h.Credentials.RevokeCredential(c.Context(), connect.NewRequest(&menshenv1.RevokeCredentialRequest{Credential: args[0], Reason: reason})); err != nil {
				return err
			}
			a.tell("已作废。", "Revoked.")
			return nil
		},
	}
	revoke.Flags().StringVar(&reason, "reason", "", "why, e.g. lost")
	_ = revoke.MarkFlagRequired("reason")
	list := &cobra.Command{
		Use: "list PERSON", Short: "Credentials of somebody", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			res, err := h.Credentials.ListCredentials(c.Context(), connect.NewRequest(&menshenv1.ListCredentialsRequest{Person: args[0]}))
			if err != nil {
				return err
			}
			if format == "json" {
				return a.writeMessage(res.Msg)
			}
			a.printCredentials(h, res.Msg.GetCredentials())
			return nil
		},
	}
	formatFlag(list, &format)
	return group("credential", "QR keys, PINs and cards: for whoever gives no face", issue, a.credentialCodeCommand(), revoke, list)
}

func (a *app) issueCredential(c *cobra.Command, m *menshenv1.IssueCredentialRequest) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Credentials.IssueCredential(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	a.tell("已发放，编号 "+res.Msg.GetCredential().GetId(), "issued, id "+res.Msg.GetCredential().GetId())
	switch secret := res.Msg.GetSecret(); {
	case secret == "":
	case m.GetKind() == "qr":
		a.tell("请用本人的手机扫描；只显示这一次：", "Read it with the person's own telephone; it is shown this once:")
		a.printQR(secret)
	default:
		a.tell("密码只显示这一次：", "The PIN is shown this once:")
		fmt.Fprintln(a.out, secret)
	}
	return nil
}

func (a *app) printCredentials(h *remote, all []*menshenv1.Credential) {
	t := newTable(a.either("凭证", "credential"), a.either("说明", "label"), a.either("发放", "issued"), a.either("状态", "state"), "id")
	for _, x := range all {
		state := a.either("有效", "good")
		if x.GetRevoked() != nil {
			state = a.either("已作废 ", "revoked ") + h.time(x.GetRevoked())
		}
		t.add(a.word(x.GetKind()), x.GetLabel(), h.time(x.GetIssued()), state, x.GetId())
	}
	t.print(a.out)
}
