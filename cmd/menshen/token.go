package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen/web"
)

// tokensFolder is the folder of the tokens of others than the operator, in the data folder.
const tokensFolder = "tokens"

func (a *app) tokenCommand() *cobra.Command {
	var role string
	var gates []string
	issue := &cobra.Command{
		Use: "new NAME --role office|investigator|guard|reader", Short: "Make a token for somebody or something else than the operator", Args: cobra.ExactArgs(1),
		Long: `Make a token with which a program calls the API: "office" may keep the registry, set the gates and do the daily follow-up,
"investigator" may work on cases and approve those of others, "guard" may do what happens at the gates, "reader" may only ask whether a code, PIN or card opens its gates. The token is shown this once; only its hash
is kept. A running Menshen accepts it at once.`,
		RunE: func(c *cobra.Command, args []string) error { return a.newToken(c, args[0], role, gates) },
	}
	issue.Flags().StringVar(&role, "role", "", "office, investigator, guard or reader")
	issue.Flags().StringSliceVar(&gates, "gate", nil, "only for these gates; a reader needs one")
	_ = issue.MarkFlagRequired("role")
	list := &cobra.Command{
		Use: "list", Short: "Which tokens there are", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listTokens(c) },
	}
	revoke := &cobra.Command{
		Use: "revoke NAME", Short: "Take a token away; it stops working with the next call", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			folder, err := a.tokens(c)
			if err != nil {
				return err
			}
			if err := folder.Revoke(args[0]); err != nil {
				return err
			}
			a.tell("令牌已作废。", "The token is revoked.")
			return nil
		},
	}
	return group("token", "Tokens for the office, investigators, guards and readers", issue, list, revoke)
}

func (a *app) tokens(c *cobra.Command) (web.TokenFolder, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return "", err
	}
	return web.TokenFolder(filepath.Join(cfg.DataFolder(), tokensFolder)), nil
}

func (a *app) newToken(c *cobra.Command, name, role string, gates []string) error {
	folder, err := a.tokens(c)
	if err != nil {
		return err
	}
	token, err := folder.Issue(web.IssuedToken{Name: name, Role: web.Role(role), Gates: gates, Issued: time.Now().UTC()})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, token.Reveal())
	return err
}

func (a *app) listTokens(c *cobra.Command) error {
	folder, err := a.tokens(c)
	if err != nil {
		return err
	}
	all, err := folder.List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		a.tell("没有令牌。", "No tokens.")
		return nil
	}
	t := newTable(a.either("名称", "name"), a.either("角色", "role"), a.either("出入口", "gates"), a.either("发放", "made"))
	for _, i := range all {
		t.add(i.Name, string(i.Role), strings.Join(i.Gates, " "), i.Issued.Local().Format("2006-01-02 15:04:05"))
	}
	t.print(a.out)
	return nil
}
