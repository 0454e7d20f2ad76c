package office

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"menshen"
)

// Finder finds people as offices look for them: by parts of a name, its pinyin or initials, a dwelling or a room, a telephone
// number. It holds everybody in memory, telephone numbers too, so that no key press decrypts a registry. Safe for
// concurrent use.
type Finder struct {
	mu      sync.RWMutex
	entries map[string]*findable
	order   []*findable // by pinyin; nil when somebody came or changed
}

// findable is a person with every form that they are found by.
type findable struct {
	person menshen.Person
	id     string // lower case, as the name
	name   string
	spelt  syllables
	key    string
	places []string // the dwelling, whole and without unit or floor
	phone  string   // digits
}

// NewFinder gives one that knows nobody.
func NewFinder() *Finder { return &Finder{entries: map[string]*findable{}} }

// Put adds a person or takes over what is new of them. phone is "" for none.
func (f *Finder) Put(p menshen.Person, phone string) {
	e := &findable{person: p, id: strings.ToLower(p.ID), name: strings.ToLower(p.Name), spelt: readName(p.Name), phone: bareNumber(phone)}
	e.key = e.spelt.key()
	if d := p.Dwelling; d != (menshen.Dwelling{}) {
		e.places = []string{strings.ToLower(d.String())}
		for _, short := range []string{d.Building + "-" + d.Unit + "-" + d.Room, d.Building + "-" + d.Room} {
			e.places = append(e.places, strings.ToLower(short))
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries[p.ID] = e
	f.order = nil
}

// Remove forgets somebody who is gone from the registry.
func (f *Finder) Remove(person string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.entries, person)
	f.order = nil
}

func bareNumber(phone string) string {
	phone = menshen.NormalizePhone(phone)
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(phone, "+86"), "0086"), "+")
}

// FindQuery asks a Finder.
type FindQuery struct {
	Text   string // terms, all of which must be found; or an id; "" finds everybody
	Phones bool   // telephone numbers count too
	Limit  int    // 0 is all
	Offset int
}

// Find gives the ids of the people found, best first and then as a telephone book has them, and how many there are.
func (f *Finder) Find(q FindQuery) (ids []string, total int) {
	w := readWanted(q.Text, q.Phones)
	type hit struct {
		id  string
		fit fit
	}
	var hits []hit
	for _, e := range f.sorted() {
		if r := e.fitness(w); r != none {
			hits = append(hits, hit{e.person.ID, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.fit, a.fit) })
	total = len(hits)
	hits = hits[min(max(q.Offset, 0), total):]
	if q.Limit > 0 {
		hits = hits[:min(q.Limit, len(hits))]
	}
	for _, h := range hits {
		ids = append(ids, h.id)
	}
	return ids, total
}

func (f *Finder) sorted() []*findable {
	f.mu.RLock()
	order := f.order
	f.mu.RUnlock()
	if order != nil {
		return order
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.order == nil {
		f.order = make([]*findable, 0, len(f.entries))
		for _, e := range f.entries {
			f.order = append(f.order, e)
		}
		slices.SortFunc(f.order, func(a, b *findable) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.name, b.name), cmp.Compare(a.place(), b.place()), cmp.Compare(a.person.ID, b.person.ID))
		})
	}
	return f.order
}

func (e *findable) place() string {
	if len(e.places) == 0 {
		return ""
	}
	return e.places[0]
}

// fit says how well somebody fits what is looked for.
type fit int

const (
	none   fit = iota
	inside     // within a name, a dwelling or a number
	begins     // at the beginning
	whole      // all of it
	exact      // the very id, name or dwelling
)

// wanted is what is looked for, read once for everybody.
type wanted struct {
	text   string // all of it
	joined string // without spaces, where it is several words of letters; else ""
	number string // digits of a telephone number of several words
	terms  []term
}

// term is one word in every way that it can be meant.
type term struct {
	text, letters, place, number string // "" where it cannot
}

// minPhone is how many digits of a telephone number are looked for at least: fewer are a room.
const minPhone = 4

func readWanted(text string, phones bool) wanted {
	text = strings.ToLower(strings.TrimSpace(text))
	words := strings.Fields(text)
	w := wanted{text: text}
	if joined := strings.Join(words, ""); len(words) > 1 {
		if letters(joined) {
			w.joined = joined
		}
		if phones && len(joined) >= minPhone && digits(joined) {
			w.number = joined
		}
	}
	for _, word := range words {
		t := term{text: word, place: spokenPlace(word)}
		if spelling := strings.ReplaceAll(word, "'", ""); letters(spelling) {
			t.letters = strings.ReplaceAll(spelling, "ü", "v")
		}
		if number := bareNumber(word); phones && len(number) >= minPhone && digits(number) {
			t.number = number
		}
		w.terms = append(w.terms, t)
	}
	return w
}

func (e *findable) fitness(w wanted) fit {
	if len(w.terms) == 0 {
		return inside
	}
	if w.text == e.name || w.text == e.id || w.text == e.place() {
		return exact
	}
	if got := part(e.phone, w.number); got != none { // 138 0000 1111
		return got
	}
	if w.joined != "" { // wang xiaoming
		if got := e.spelt.match(w.joined); got >= begins {
			return got
		}
	}
	worst := exact
	for _, t := range w.terms {
		if worst = min(worst, e.term(t)); worst == none {
			return none
		}
	}
	return worst
}

func (e *findable) term(t term) fit {
	best := max(part(e.name, t.text), part(e.phone, t.number), e.spelt.match(t.letters))
	for _, p := range e.places {
		best = max(best, part(p, t.place))
	}
	return best
}

func part(text, t string) fit {
	switch i := strings.Index(text, t); {
	case t == "" || i < 0:
		return none
	case i > 0:
		return inside
	case len(t) == len(text):
		return whole
	}
	return begins
}

// spokenPlace gives 3号楼2单元1402室 as 3-2-1402.
var spokenPlace = strings.NewReplacer("号楼", "-", "栋", "-", "幢", "-", "楼", "-", "单元", "-", "层", "-", "室", "", "号", "", "—", "-").Replace

func letters(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzü") == ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
