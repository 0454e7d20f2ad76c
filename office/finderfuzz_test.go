package office_test

import (
	"testing"

	"menshen"
	"menshen/office"
)

// Whatever is typed into the search finds people who are there, each once, or nobody.
func FuzzFind(f *testing.F) {
	finder := office.NewFinder()
	for _, p := range []menshen.Person{
		{ID: "a", Name: "林一", Dwelling: menshen.Dwelling{Building: "3", Unit: "2", Floor: 14, Room: "1402"}, State: menshen.PersonActive},
		{ID: "b", Name: "Ann O'Neil", State: menshen.PersonActive}, {ID: "c", Name: "欧阳修", State: menshen.PersonActive},
	} {
		finder.Put(p, "13800138000")
	}
	for _, s := range []string{"林", "lin", "ly", "3-2", "1380013", "", " ", "\xff", "ouyang xiu", "%", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids, total := finder.Find(office.FindQuery{Text: text, Limit: 10, Phones: true})
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] || id != "a" && id != "b" && id != "c" {
				t.Errorf("%q finds %v", text, ids)
			}
			seen[id] = true
		}
		if total < len(ids) {
			t.Errorf("%q finds %d of %d", text, len(ids), total)
		}
	})
}
