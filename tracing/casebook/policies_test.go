package casebook_test

import (
	"strings"
	"testing"

	"menshen"
	"menshen/tracing/casebook"
)

func TestPolicyShelf(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	text, err := w.shelf.YAML(ctx, menshen.PolicyRef{ID: "nhc-9"})
	must(t, err)
	changed := strings.Replace(text, "before_onset: 2d", "before_onset: 5d", 1)
	p, err := w.shelf.Put(ctx, changed, "往前追 5 天", "wu")
	must(t, err)
	if p.Version != 1 {
		t.Errorf("version %d", p.Version)
	}
	back, err := w.shelf.YAML(ctx, menshen.PolicyRef{ID: "nhc-9", Version: 1})
	must(t, err)
	if back != changed {
		t.Error("the text came back changed")
	}
	for name, want := range map[string]menshen.PolicyRef{
		"nhc-9": {ID: "nhc-9", Version: 1}, " nhc-9@0 ": {ID: "nhc-9"}, "nhc-9@1": {ID: "nhc-9", Version: 1}, "who-2022": {ID: "who-2022"},
	} {
		ref, err := w.shelf.Resolve(ctx, name)
		must(t, err)
		if ref != want {
			t.Errorf("%q is %v", name, ref)
		}
	}
	for name, code := range map[string]menshen.Code{"nhc-9@2": menshen.CodeNotFound, "none": menshen.CodeNotFound, "nhc-9@x": menshen.CodeInvalid, "": menshen.CodeNotFound} {
		_, err := w.shelf.Resolve(ctx, name)
		w.check(t, name, err, code)
	}
	list, err := w.shelf.List(ctx)
	must(t, err)
	for i, v := range list {
		if v.ID == "nhc-9" && v.Version == 1 && (!v.Latest || v.Builtin || v.By != "wu" || v.Note == "" || !list[i+1].Builtin || list[i+1].Latest) {
			t.Errorf("%+v, %+v", v, list[i+1])
		}
	}
	if len(list) < 10 {
		t.Errorf("%d policies", len(list))
	}

	// A case keeps the version it was judged by until somebody says otherwise; a new one takes the latest.
	r, contacts := w.MustJudge(t, c)
	if r.Case.Policy != (menshen.PolicyRef{ID: "nhc-9"}) {
		t.Errorf("judged by %v", r.Case.Policy)
	}
	later := w.request()
	later.Number, later.Person = "2020-18", "钱"
	fresh, err := w.Request(ctx, later, by("li"))
	must(t, err)
	if fresh.Policy != (menshen.PolicyRef{ID: "nhc-9", Version: 1}) {
		t.Errorf("a new case is to be judged by %v", fresh.Policy)
	}
	wantNames(t, contacts, "王", "赵", "李")
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-9", Version: 1}, by("li"))))
	contacts = w.MustContacts(t, c)
	wantNames(t, contacts, "王", "赵", "李", "周")
	for name, x := range contacts {
		if x.Policy.Version != 1 {
			t.Errorf("%s keeps %v", name, x.Policy)
		}
	}

	for what, text := range map[string]string{"unknown key": changed + "\nfoo: 1\n", "no number": strings.Replace(changed, "before_onset: 5d", "before_onset: ", 1)} {
		if _, err := w.shelf.Put(ctx, text, "x", "wu"); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = w.shelf.Put(ctx, changed, " ", "wu")
	w.check(t, "note", err, menshen.CodeInvalid, "note")
	_, err = w.shelf.Put(ctx, changed, "x", "")
	w.check(t, "by", err, menshen.CodeInvalid, "by")
}

func TestNewWantsAllParts(t *testing.T) {
	if _, err := casebook.New(casebook.Deps{}, casebook.Config{}); menshen.ErrorCode(err) != menshen.CodeInternal {
		t.Error(err)
	}
	if _, err := casebook.NewPolicyShelf(nil, nil); menshen.ErrorCode(err) != menshen.CodeInternal {
		t.Error(err)
	}
}
