package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

// selectContacts reads contacts with what the registry knows of them; the path may follow. Most columns come as one text
// with separators between: crossing from SQLite to Go costs by the column. NULL is the empty text. The registry's name, which
// may be any text, comes last.
func selectContacts(withPath bool) string {
	query := "SELECT concat_ws(char(31), c.id, c.case_id, coalesce(c.person, ''), c.source, c.generation, c.level, c.status, c.owner, " +
		"coalesce(c.follow_from, ''), coalesce(c.follow_to, ''), c.merged_into, c.withdrawn_for, c.revision, c.facts, coalesce(c.central, '-'), " +
		"coalesce(h.dwelling, ''), coalesce(p.name, '')), c.sealed, p.sealed, p.id IS NOT NULL"
	if withPath {
		query += ", c.path"
	}
	return query + " FROM case_contacts c LEFT JOIN people p ON p.id = c.person LEFT JOIN households h ON h.id = p.household"
}

const (
	packedColumns = 17
	separator     = "\x1f"
)

// contactScan reads contacts, and each dwelling once.
type contactScan struct {
	site     *Site
	withPath bool
	homes    map[string]menshen.Dwelling
	words    map[string]string
}

func (s *Site) contactScan(withPath bool) *contactScan {
	return &contactScan{site: s, withPath: withPath, homes: map[string]menshen.Dwelling{}, words: map[string]string{}}
}

// word gives the same string for the same text, so that a list does not keep each row's own copy.
func (k *contactScan) word(b []byte) string {
	if w, ok := k.words[string(b)]; ok {
		return w
	}
	w := string(b)
	k.words[w] = w
	return w
}

func (k *contactScan) scan(rows *sql.Rows) (e store.ContactEntry, err error) {
	const op = "sqlite.case_contacts"
	var text, sealed, name sql.RawBytes
	var registered bool
	var path sql.NullString
	c := &e.CaseContact
	into := []any{&text, &sealed, &name, &registered}
	if k.withPath {
		into = append(into, &path)
	}
	if err := rows.Scan(into...); err != nil {
		return e, err
	}
	if err := k.unpack(text, &e); err != nil {
		return store.ContactEntry{}, unusable(op, c.ID, err)
	}
	if registered {
		if e.RegistryName, err = k.site.nameOf(c.Person, e.RegistryName, name); err != nil {
			return store.ContactEntry{}, err
		}
	}
	if err := k.site.openContact(op, sealed, c); err != nil {
		return store.ContactEntry{}, err
	}
	if c.Path, err = decodePath(path); err != nil {
		return store.ContactEntry{}, unusable(op, c.ID, err)
	}
	return e, nil
}

// unpack reads the text that selectContacts packs.
func (k *contactScan) unpack(text []byte, e *store.ContactEntry) error {
	u := unpacker{rest: text, separator: separator, left: packedColumns}
	c := &e.CaseContact
	c.ID, c.Case, c.Person = string(u.next()), k.word(u.next()), string(u.next())
	c.Source, c.Generation, c.Level = menshen.ContactSource(k.word(u.next())), int(u.number()), menshen.ContactLevel(k.word(u.next()))
	c.Status, c.Owner = menshen.ContactStatus(k.word(u.next())), k.word(u.next())
	c.FollowFrom, c.FollowTo = u.time(), u.time()
	c.MergedInto, c.WithdrawnFor, c.Revision = k.word(u.next()), k.word(u.next()), u.count()
	if err := k.decodeFacts(u.next(), c); err != nil {
		return err
	}
	c.Central = u.spans(u.word())
	dwelling := u.next()
	e.RegistryName = k.word(u.next())
	if u.err == nil && len(dwelling) > 0 {
		home, known := k.homes[string(dwelling)]
		if !known {
			home, u.err = menshen.ParseDwelling(string(dwelling))
			k.homes[string(dwelling)] = home
		}
		e.Dwelling = home
	}
	return u.err
}

// contactTerms are the conditions of a filter, without its page.
func (s *Site) contactTerms(op string, f store.ContactFilter) (where conditions, err error) {
	where.equal("c.case_id", f.Case, "c.person", f.Person, "c.status", string(f.Status), "c.level", string(f.Level), "c.source", string(f.Source),
		"c.owner", f.Owner, "c.merged_into", f.Merged)
	if f.Named != "" {
		where.add("(c.person IS NULL OR c.person = ? OR (SELECT "+personName+" FROM people p WHERE p.id = c.person) = ?)", f.Named, f.Named)
	}
	if f.Generation != 0 {
		where.add("c.generation = ?", f.Generation)
	}
	if f.Counting {
		where.add("c.merged_into = '' AND c.withdrawn_for = ''")
	}
	if f.Central {
		where.add("c.central IS NOT NULL")
	}
	if f.Phone != "" {
		if err := s.vault.needed(op); err != nil {
			return where, err
		}
		where.add("c.phone_hash = ?", s.vault.findPhone(menshen.NormalizePhone(f.Phone.Reveal())))
	}
	if !f.Due.IsZero() {
		at, err := encodeTime(f.Due)
		if err != nil {
			return where, err
		}
		where.add("c.follow_from <= ?", at)
		where.add("c.follow_to >= ?", at)
	}
	return where, nil
}

// CaseContacts gives the contacts that the filter selects, by generation and in each as they were found. Path is read only
// where the filter asks for it.
func (s *Site) CaseContacts(ctx context.Context, f store.ContactFilter) iter.Seq2[store.ContactEntry, error] {
	const op = "sqlite.case_contacts"
	where, err := s.contactTerms(op, f)
	if err != nil {
		return failed[store.ContactEntry](err)
	}
	query := selectContacts(f.Paths) + where.String() + " ORDER BY c.case_id, c.generation, c.rowid"
	if f.Limit > 0 || f.Offset > 0 {
		limit := f.Limit
		if limit <= 0 {
			limit = -1
		}
		query += " LIMIT ? OFFSET ?"
		where.args = append(where.args, limit, max(f.Offset, 0))
	}
	// The driver starts a goroutine for a query that can be cancelled, which would cost more than the rows.
	return stream(context.WithoutCancel(ctx), s.db, op, query, where.args, s.contactScan(f.Paths).scan)
}

// CountCaseContacts counts what CaseContacts would give without a page.
func (s *Site) CountCaseContacts(ctx context.Context, f store.ContactFilter) (n int, err error) {
	const op = "sqlite.count_case_contacts"
	where, err := s.contactTerms(op, f)
	if err != nil {
		return 0, err
	}
	err = s.db.reader.QueryRowContext(ctx, "SELECT count(*) FROM case_contacts c"+where.String(), where.args...).Scan(&n)
	return n, fault(op, s.db.path, err)
}

// CaseContact gives the contact of an id with its path, or CodeNotFound.
func (s *Site) CaseContact(ctx context.Context, id string) (store.ContactEntry, error) {
	const op = "sqlite.case_contact"
	e, found, err := first(stream(ctx, s.db, op, selectContacts(true)+" WHERE c.id = ?", []any{id}, s.contactScan(true).scan))
	if err == nil && !found {
		err = noContact(op, id)
	}
	return e, err
}

// ContactCounts gives of each case with contacts how many of them count: neither withdrawn nor merged.
func (s *Site) ContactCounts(ctx context.Context) (map[string]int, error) {
	const op = "sqlite.contact_counts"
	const query = "SELECT case_id, count(*) FROM case_contacts WHERE merged_into = '' AND withdrawn_for = '' GROUP BY case_id"
	counts := map[string]int{}
	for n, err := range stream(ctx, s.db, op, query, nil, func(rows *sql.Rows) (n contactCount, err error) { return n, rows.Scan(&n.of, &n.n) }) {
		if err != nil {
			return nil, err
		}
		counts[n.of] = n.n
	}
	return counts, nil
}

type contactCount struct {
	of string
	n  int
}
