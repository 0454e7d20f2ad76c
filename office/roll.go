package office

import (
	"context"

	"menshen"
)

// home is by what a table names somebody who shows no document.
type home struct {
	name     string
	dwelling menshen.Dwelling
}

// roll is the registry as an import sees it: what the store has, and over it what the rows before have put - in a dry run
// they put nothing else.
type roll struct {
	store     PeopleStore
	people    map[string]menshen.Person
	at        map[home][]string              // ids
	documents map[menshen.Secret]string      // of rows before
	put       map[string]menshen.Particulars // of rows before
}

func (o *Office) openRoll(ctx context.Context) (*roll, error) {
	r := &roll{
		store: o.deps.Store, people: map[string]menshen.Person{}, at: map[home][]string{},
		documents: map[menshen.Secret]string{}, put: map[string]menshen.Particulars{},
	}
	for p, err := range o.deps.Store.People(ctx) {
		if err != nil {
			return nil, err
		}
		r.add(p)
	}
	return r, nil
}

func (r *roll) add(p menshen.Person) {
	r.people[p.ID] = p
	key := home{p.Name, p.Dwelling}
	r.at[key] = append(r.at[key], p.ID)
}

// change notes what a row has put.
func (r *roll) change(p menshen.Person, with menshen.Particulars) {
	if old, ok := r.people[p.ID]; !ok {
		r.add(p)
	} else if old.Name != p.Name || old.Dwelling != p.Dwelling {
		key := home{old.Name, old.Dwelling}
		for i, id := range r.at[key] {
			if id == p.ID {
				r.at[key] = append(r.at[key][:i:i], r.at[key][i+1:]...)
				break
			}
		}
		r.add(p)
	}
	r.people[p.ID] = p
	r.put[p.ID] = with
	if with.Document.Number != "" {
		r.documents[with.Document.Number] = p.ID
	}
}

func (r *roll) person(_ context.Context, id string) (menshen.Person, error) {
	if p, ok := r.people[id]; ok {
		return p, nil
	}
	return menshen.Person{}, menshen.Errorf(menshen.CodeNotFound, "office.import", "nobody in the registry has the id %q", id).
		WithHint("search by name or dwelling to find the id")
}

// particulars gives what is known of somebody, with what rows before have put.
func (r *roll) particulars(ctx context.Context, id string) (menshen.Particulars, error) {
	if with, ok := r.put[id]; ok {
		return with, nil
	}
	return r.store.Particulars(ctx, id)
}

// byDocument gives who has a document.
func (r *roll) byDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error) {
	if id, ok := r.documents[number]; ok {
		return []menshen.Person{r.people[id]}, nil
	}
	found, err := r.store.PeopleByDocument(ctx, number)
	for i, p := range found {
		found[i] = r.people[p.ID]
	}
	return found, err
}

// guardian finds a guardian by id, or by name in the same dwelling, or by a name that one person alone bears.
func (r *roll) guardian(name string, d menshen.Dwelling) (menshen.Person, error) {
	const op = "office.import"
	if p, ok := r.people[name]; ok {
		return p, nil
	}
	ids := r.at[home{name, d}]
	if len(ids) == 0 {
		for _, p := range r.people {
			if p.Name == name {
				ids = append(ids, p.ID)
			}
		}
	}
	switch len(ids) {
	case 1:
		return r.people[ids[0]], nil
	case 0:
		return menshen.Person{}, menshen.Errorf(menshen.CodeInvalid, op, "the guardian %q is not in the registry", name).
			WithHint("add the guardian, in this table or before")
	}
	return menshen.Person{}, menshen.Errorf(menshen.CodeInvalid, op, "several people bear the name of the guardian %q", name).
		WithHint("give the guardian's id")
}
