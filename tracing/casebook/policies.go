package casebook

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing/policy"
)

// DefaultPolicy is the policy of a case for which nobody names one.
const DefaultPolicy = "nhc-9"

// PolicyShelf has the policies that come with Menshen and the versions that people wrote. Safe for concurrent use.
type PolicyShelf struct {
	store   PolicyStore
	clock   func() time.Time
	builtin []*policy.Policy
}

// NewPolicyShelf makes a shelf over a store.
func NewPolicyShelf(s PolicyStore, clock func() time.Time) (*PolicyShelf, error) {
	if s == nil || clock == nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "casebook.policies", "a part that the casebook needs was not handed in")
	}
	return &PolicyShelf{store: s, clock: clock, builtin: policy.Builtin()}, nil
}

// List gives all versions of all policies: by id, the latest first, the one that comes with Menshen last.
func (s *PolicyShelf) List(ctx context.Context) ([]PolicyVersion, error) {
	stored, err := s.store.TracingPolicies(ctx)
	if err != nil {
		return nil, err
	}
	var out []PolicyVersion
	for _, v := range stored {
		p, err := s.read(v)
		if err != nil {
			return nil, err
		}
		out = append(out, versionOf(p, v))
	}
	for _, p := range s.builtin {
		v := versionOf(p, store.TracingPolicy{})
		v.Builtin = true
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b PolicyVersion) int { return strings.Compare(a.ID, b.ID) })
	for i := range out {
		out[i].Latest = i == 0 || out[i-1].ID != out[i].ID
	}
	return out, nil
}

func versionOf(p *policy.Policy, v store.TracingPolicy) PolicyVersion {
	return PolicyVersion{
		PolicyRef: menshen.PolicyRef{ID: p.ID, Version: p.Version}, Name: p.Name, About: p.About, Source: p.Source, By: v.By, At: v.At, Note: v.Note,
	}
}

// read reads a stored version, which was read before it was stored.
func (s *PolicyShelf) read(v store.TracingPolicy) (*policy.Policy, error) {
	p, err := policy.Read([]byte(v.YAML))
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeCorrupt, "casebook.policies", "version %d of the policy %s cannot be read", v.Version, v.ID).WithCause(err).
			WithHint("write a new version of it")
	}
	p.Version = v.Version
	return p, nil
}

// Get gives a version of a policy. Version 0 is the one that comes with Menshen; of a policy that does not, the latest.
func (s *PolicyShelf) Get(ctx context.Context, ref menshen.PolicyRef) (*policy.Policy, error) {
	if ref.Version == 0 {
		if i := slices.IndexFunc(s.builtin, func(p *policy.Policy) bool { return p.ID == ref.ID }); i >= 0 {
			return s.builtin[i], nil
		}
	}
	v, err := s.store.TracingPolicy(ctx, ref.ID, ref.Version)
	if err != nil {
		return nil, err
	}
	return s.read(v)
}

// Resolve reads how people name a policy: "nhc-9" is its latest version, "nhc-9@0" the one that comes with Menshen,
// "nhc-9@3" the third that people wrote.
func (s *PolicyShelf) Resolve(ctx context.Context, text string) (menshen.PolicyRef, error) {
	id, number, versioned := strings.Cut(strings.TrimSpace(text), "@")
	ref := menshen.PolicyRef{ID: id}
	if versioned {
		n, err := strconv.ParseUint(number, 10, 63)
		if err != nil {
			return ref, menshen.Errorf(menshen.CodeInvalid, "casebook.policies", "policy: %q is no version", number).WithHint("write it like nhc-9@1, or leave @ out for the latest")
		}
		ref.Version = n
	} else {
		v, err := s.store.TracingPolicy(ctx, id, 0)
		switch {
		case err == nil:
			ref.Version = v.Version
		case menshen.ErrorCode(err) != menshen.CodeNotFound:
			return ref, err
		}
	}
	p, err := s.Get(ctx, ref)
	if err != nil {
		return ref, err
	}
	return menshen.PolicyRef{ID: p.ID, Version: p.Version}, nil
}

// YAML gives the text of a version, with the comments of who wrote it.
func (s *PolicyShelf) YAML(ctx context.Context, ref menshen.PolicyRef) (string, error) {
	if ref.Version == 0 {
		if text, ok := policy.BuiltinText(ref.ID); ok {
			return text, nil
		}
	}
	v, err := s.store.TracingPolicy(ctx, ref.ID, ref.Version)
	return v.YAML, err
}

// Put keeps a new version of the policy that the YAML names. Cases keep the version that they were judged by. CodeInvalid,
// with the path of the field, for what policy.Read refuses.
func (s *PolicyShelf) Put(ctx context.Context, yaml, note, by string) (*policy.Policy, error) {
	const op = "casebook.policies"
	p, err := policy.Read([]byte(yaml))
	if err != nil {
		return nil, err
	}
	note, by = strings.TrimSpace(note), strings.TrimSpace(by)
	if by == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "by: nobody is named who does it").WithHint("sign in first")
	}
	if note == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "note: a version of a policy has no note").WithHint("say what was changed, and why")
	}
	if err := checkText(op, "note", note); err != nil {
		return nil, err
	}
	version, err := s.store.AddTracingPolicy(ctx, store.TracingPolicy{ID: p.ID, YAML: yaml, By: by, At: s.clock(), Note: note})
	if err != nil {
		return nil, err
	}
	p.Version = version
	return p, nil
}
