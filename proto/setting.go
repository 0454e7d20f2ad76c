package proto

import (
	"bytes"
	"unicode/utf8"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxRules is the longest text of the policy's rules in bytes.
const MaxRules = 1 << 20

// keyLength is that of every key of a site, in bytes.
const keyLength = 32

// GateSettingToWire converts what the office sets of a gate.
func GateSettingToWire(g menshen.GateSetting) *menshenv1.GateSetting {
	return &menshenv1.GateSetting{Gate: g.Gate, State: string(g.State)}
}

// GateSettingFromWire converts what the office sets of a gate.
func GateSettingFromWire(m *menshenv1.GateSetting) (menshen.GateSetting, error) {
	const op = "proto.setting"
	g := menshen.GateSetting{Gate: m.GetGate(), State: menshen.GateState(m.GetState())}
	if err := checkID(op, "gate", g.Gate); err != nil {
		return menshen.GateSetting{}, err
	}
	switch g.State {
	case menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed:
		return g, nil
	}
	return menshen.GateSetting{}, invalid(op, "the state of a gate %.40q is not known", m.GetState()).WithHint("use open, guarded or closed")
}

// SiteSettingToWire converts what the office sets of the site, with its keys: it is for gates only.
func SiteSettingToWire(s menshen.SiteSetting) *menshenv1.SiteSetting {
	return &menshenv1.SiteSetting{Mode: string(s.Mode), PermitKey: s.PermitKey, NumberKey: s.NumberKey}
}

// SiteSettingFromWire converts what the office sets of the site. A key is absent or has 32 bytes; a mode may be absent.
func SiteSettingFromWire(m *menshenv1.SiteSetting) (menshen.SiteSetting, error) {
	const op = "proto.setting"
	s := menshen.SiteSetting{Mode: menshen.SiteMode(m.GetMode())}
	if s.Mode != "" && !s.Mode.Valid() {
		return menshen.SiteSetting{}, invalid(op, "the mode of the site %.40q is not known", m.GetMode()).WithHint("use normal, closed or lock-down")
	}
	for _, k := range []struct {
		from []byte
		to   *[]byte
	}{{m.GetPermitKey(), &s.PermitKey}, {m.GetNumberKey(), &s.NumberKey}} {
		switch len(k.from) {
		case 0:
		case keyLength:
			*k.to = bytes.Clone(k.from)
		default:
			return menshen.SiteSetting{}, invalid(op, "a key of the site has %d bytes instead of %d", len(k.from), keyLength)
		}
	}
	return s, nil
}

// RuleTextToWire converts a version of the policy's rules.
func RuleTextToWire(r menshen.RuleText) *menshenv1.RuleText {
	return &menshenv1.RuleText{Version: r.Version, Yaml: r.YAML, By: r.By, Note: r.Note}
}

// RuleTextFromWire converts a version of the policy's rules. Whether they can be used is for the policy to say.
func RuleTextFromWire(m *menshenv1.RuleText) (menshen.RuleText, error) {
	const op = "proto.setting"
	r := menshen.RuleText{Version: m.GetVersion(), YAML: m.GetYaml(), By: m.GetBy(), Note: m.GetNote()}
	if r.Version == 0 {
		return menshen.RuleText{}, invalid(op, "the rules have no version")
	}
	if len(r.YAML) > MaxRules || !utf8.ValidString(r.YAML) {
		return menshen.RuleText{}, invalid(op, "the rules are longer than %d bytes or not UTF-8", MaxRules)
	}
	if err := checkText(op, "a text of the rules", r.By, r.Note); err != nil {
		return menshen.RuleText{}, err
	}
	return r, nil
}
