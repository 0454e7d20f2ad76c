package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
)

// The policies of a running hub: those that come with Menshen and those that were kept.

func (a *app) keptPoliciesCommand() *cobra.Command {
	var format string
	c := &cobra.Command{Use: "kept [POLICY]", Short: "Policies of the running Menshen, or the text of one: id, or id@version", Args: cobra.MaximumNArgs(1), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		if len(args) == 1 {
			res, err := h.Judging.GetTracingPolicy(c.Context(), connect.NewRequest(&menshenv1.GetTracingPolicyRequest{Policy: args[0]}))
			if err != nil {
				return err
			}
			if format == "json" {
				return a.writeMessage(res.Msg)
			}
			fmt.Fprintln(a.out, strings.TrimRight(res.Msg.GetYaml(), "\n"))
			return nil
		}
		res, err := h.Judging.ListTracingPolicies(c.Context(), connect.NewRequest(&menshenv1.ListTracingPoliciesRequest{}))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		t := newTable(a.either("判定标准", "policy"), a.either("名称", "name"), a.either("更改人", "by"), a.either("时间", "at"), a.either("备注", "note"))
		for _, p := range res.Msg.GetPolicies() {
			name := a.words(p.GetName())
			if p.GetUsual() {
				name += a.either("（默认）", " (usual)")
			}
			t.add(policyRef(p.GetRef()), name, p.GetBy(), h.time(p.GetAt()), p.GetNote())
		}
		t.print(a.out)
		return nil
	}}
	formatFlag(c, &format)
	return c
}

func (a *app) putPolicyCommand() *cobra.Command {
	m := &menshenv1.PutTracingPolicyRequest{}
	c := &cobra.Command{Use: "put FILE.yaml --note TEXT", Short: "Keep a new version of a policy; cases keep the one they were judged by", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		text, err := readYAML(args[0])
		if err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Yaml = string(text)
		res, err := h.Judging.PutTracingPolicy(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		ref := policyRef(res.Msg.GetPolicy().GetRef())
		a.tell("已保存 "+ref, "kept as "+ref)
		return nil
	}}
	c.Flags().StringVar(&m.Note, "note", "", "what was changed, and why")
	_ = c.MarkFlagRequired("note")
	return c
}
