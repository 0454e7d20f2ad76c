package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// registry reads people for the services.
type registry struct{ people People }

// dwellingText gives "" for somebody without a dwelling, such as a visitor.
func dwellingText(d menshen.Dwelling) string {
	if d == (menshen.Dwelling{}) {
		return ""
	}
	return d.String()
}

// maxNamesakes is how many people of one name are listed.
const maxNamesakes = 5

// resolve finds the person of an id, or of a name that one person only bears. Letter case of names does not matter.
func (r registry) resolve(ctx context.Context, asked string) (Registered, error) {
	const op = "web.person"
	byID, err := r.people.PeopleByID(ctx, []string{asked})
	if err != nil {
		return Registered{}, err
	}
	if p, ok := byID[asked]; ok {
		return p, nil
	}
	// Exact names come first, perhaps after somebody whose dwelling is written like that.
	found, err := r.people.FindPeople(ctx, asked, 4*maxNamesakes)
	if err != nil {
		return Registered{}, err
	}
	named := slices.DeleteFunc(found, func(p Registered) bool { return !strings.EqualFold(p.Name, asked) })
	switch len(named) {
	case 0:
		return Registered{}, menshen.Errorf(menshen.CodeNotFound, op, "person: nobody has the id or the name %q", asked).
			WithHint("check the spelling, or name the person by id")
	case 1:
		return named[0], nil
	}
	many, more := fmt.Sprintf("%d people are", len(named)), ""
	if len(named) > maxNamesakes {
		many, more, named = fmt.Sprintf("more than %d people are", maxNamesakes), ", …", named[:maxNamesakes]
	}
	list := make([]string, len(named))
	for i, p := range named {
		list[i] = strings.TrimSpace(dwellingText(p.Dwelling) + " " + p.ID)
	}
	return Registered{}, menshen.Errorf(menshen.CodeConflict, op, "%s called %q: %s%s", many, asked, strings.Join(list, ", "), more).
		WithHint("name the person by id")
}

// byID gives the people of ids, of which some may be doubled, empty, or of somebody who is gone.
func (r registry) byID(ctx context.Context, ids []string) (map[string]Registered, error) {
	seen := map[string]bool{"": true}
	var asked []string
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			asked = append(asked, id)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	return r.people.PeopleByID(ctx, asked)
}

// passViews gives passes as the API shows them. Somebody who is no longer in the registry has no name.
func (r registry) passViews(ctx context.Context, passes ...menshen.Pass) ([]*menshenv1.PassView, error) {
	ids := make([]string, len(passes))
	for i, p := range passes {
		ids[i] = p.Person
	}
	people, err := r.byID(ctx, ids)
	if err != nil {
		return nil, err
	}
	views := make([]*menshenv1.PassView, len(passes))
	for i, p := range passes {
		who := people[p.Person]
		views[i] = proto.PassViewToWire(p, who.Name, dwellingText(who.Dwelling))
	}
	return views, nil
}
