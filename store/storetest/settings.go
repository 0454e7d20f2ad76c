package storetest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func rules(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Rules(ctx, 0)
	wantCode(t, err, menshen.CodeNotFound)
	texts := []menshen.RuleText{{YAML: "rules: []", By: "office", Note: "开始"}, {YAML: "", By: "office", Note: "back to the default"}}
	for i := range texts {
		version, err := s.AddRules(ctx, texts[i], hour(i))
		must(t, err)
		texts[i].Version = version
		wantEqual(t, version, uint64(i+1))
	}
	for version, want := range map[uint64]menshen.RuleText{0: texts[1], 1: texts[0], 2: texts[1]} {
		got, err := s.Rules(ctx, version)
		must(t, err)
		wantEqual(t, got, want)
	}
	_, err = s.Rules(ctx, 1<<63)
	wantCode(t, err, menshen.CodeNotFound)
	history, err := s.RuleHistory(ctx)
	must(t, err)
	texts[0].YAML = ""
	wantEqual(t, history, []store.RuleVersion{{RuleText: texts[1], At: hour(1)}, {RuleText: texts[0], At: hour(0)}})

	before := latest(t, s)
	for _, bad := range []menshen.RuleText{{YAML: "\xff"}, {YAML: strings.Repeat("x", 1<<20+1)}, {Note: "\xff"}} {
		_, err := s.AddRules(ctx, bad, hour(3))
		wantCode(t, err, menshen.CodeInvalid)
	}
	_, err = s.AddRules(ctx, menshen.RuleText{}, time.Time{})
	wantCode(t, err, menshen.CodeInvalid)
	wantEqual(t, latest(t, s), before)
}

func gateSettings(t *testing.T, s Store) {
	ctx := t.Context()
	got, err := s.GateSettings(ctx)
	must(t, err)
	wantEqual(t, got, map[string]menshen.GateState{})
	must(t, s.SetGates(ctx, menshen.GateSetting{Gate: "east-1", State: menshen.GateClosed}, menshen.GateSetting{Gate: "west-1", State: menshen.GateGuarded}))
	must(t, s.SetGates(ctx, menshen.GateSetting{Gate: "east-1", State: menshen.GateOpen}))
	must(t, s.SetGates(ctx))
	want := map[string]menshen.GateState{"east-1": menshen.GateOpen, "west-1": menshen.GateGuarded}
	before := latest(t, s)
	for _, bad := range []menshen.GateSetting{{Gate: "north-1", State: "ajar"}, {Gate: "N", State: menshen.GateOpen}} {
		wantCode(t, s.SetGates(ctx, menshen.GateSetting{Gate: "west-1", State: menshen.GateClosed}, bad), menshen.CodeInvalid)
	}
	got, err = s.GateSettings(ctx)
	must(t, err)
	wantEqual(t, got, want)
	wantEqual(t, latest(t, s), before)
}

func siteSetting(t *testing.T, s Store) {
	ctx := t.Context()
	got, err := s.SiteSetting(ctx)
	must(t, err)
	wantEqual(t, got, menshen.SiteSetting{})
	_, err = s.PermitSeed(ctx)
	wantCode(t, err, menshen.CodeNotFound)

	seed := bytes.Repeat([]byte{3}, 32)
	must(t, s.SetPermitSeed(ctx, seed)) // no change: no gate is told
	wantEqual(t, latest(t, s), uint64(0))
	full := menshen.SiteSetting{Mode: menshen.ModeClosed, PermitKey: bytes.Repeat([]byte{1}, 32), NumberKey: bytes.Repeat([]byte{2}, 32)}
	must(t, s.SetSite(ctx, full))
	got, err = s.SiteSetting(ctx)
	must(t, err)
	wantEqual(t, got, full)
	gotSeed, err := s.PermitSeed(ctx)
	must(t, err)
	wantEqual(t, gotSeed, seed)

	for _, bad := range []menshen.SiteSetting{{Mode: "party"}, {PermitKey: []byte{1}}, {NumberKey: make([]byte, 33)}} {
		wantCode(t, s.SetSite(ctx, bad), menshen.CodeInvalid)
	}
	wantCode(t, s.SetPermitSeed(ctx, nil), menshen.CodeInvalid)
	must(t, s.SetSite(ctx, menshen.SiteSetting{Mode: menshen.ModeNormal}))
	got, err = s.SiteSetting(ctx)
	must(t, err)
	wantEqual(t, got, menshen.SiteSetting{Mode: menshen.ModeNormal})
	gotSeed, err = s.PermitSeed(ctx)
	must(t, err)
	wantEqual(t, gotSeed, seed)
}
