package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"strings"

	"menshen"
	"menshen/store"
)

// selectContacts reads contacts with what the registry knows of them; %s is the path or NULL.
const selectContacts = "SELECT c.id, c.case_id, c.person, c.source, c.generation, c.level, c.risk, c.rule, c.policy, c.policy_version, c.first_at, " +
	"c.threshold_at, c.last_at, c.together, c.least, c.sureness, c.status, c.owner, c.follow_from, c.follow_to, c.isolated_from, " +
	"c.isolated_to, c.fixed, c.merged_into, c.withdrawn_for, c.created, c.created_by, c.revision, c.sealed, p.name, h.dwelling"

const fromContacts = " FROM case_contacts c LEFT JOIN people p ON p.id = c.person LEFT JOIN households h ON h.id = p.household"

// contactScan reads contacts, and each dwelling once.
type contactScan struct {
	site  *Site
	homes map[string]menshen.Dwelling
}

func (s *Site) contactScan() *contactScan {
	return &contactScan{site: s, homes: map[string]menshen.Dwelling{}}
}

func (k *contactScan) scan(rows *sql.Rows, withPath bool) (e store.ContactEntry, err error) {
	const op = "sqlite.case_contacts"
	var person, name, dwelling, path sql.NullString
	var first, threshold, last, from, to, isolated, isolatedTo, created sql.NullInt64
	var fixed string
	var sealed []byte
	c := &e.CaseContact
	into := []any{
		&c.ID, &c.Case, &person, &c.Source, &c.Generation, &c.Level, &c.Risk, &c.Rule, &c.Policy.ID, &c.Policy.Version, &first,
		&threshold, &last, (*int64)(&c.Together), (*int64)(&c.Least), &c.Sureness, &c.Status, &c.Owner, &from, &to, &isolated,
		&isolatedTo, &fixed, &c.MergedInto, &c.WithdrawnFor, &created, &c.CreatedBy, &c.Revision, &sealed, &name, &dwelling,
	}
	if withPath {
		into = append(into, &path)
	}
	if err := rows.Scan(into...); err != nil {
		return e, err
	}
	c.Person = person.String
	c.First, c.Threshold, c.Last = decodeTime(first), decodeTime(threshold), decodeTime(last)
	c.FollowFrom, c.FollowTo, c.IsolatedFrom, c.IsolatedTo = decodeTime(from), decodeTime(to), decodeTime(isolated), decodeTime(isolatedTo)
	c.Created = decodeTime(created)
	if fixed != "" {
		c.Fixed = strings.Fields(fixed)
	}
	if err := k.site.openContact(op, sealed, c); err != nil {
		return store.ContactEntry{}, err
	}
	if c.Path, err = decodePath(path); err != nil {
		return store.ContactEntry{}, unusable(op, c.ID, err)
	}
	e.RegistryName = name.String
	if dwelling.Valid {
		home, known := k.homes[dwelling.String]
		if !known {
			if home, err = menshen.ParseDwelling(dwelling.String); err != nil {
				return store.ContactEntry{}, unusable(op, c.ID, err)
			}
			k.homes[dwelling.String] = home
		}
		e.Dwelling = home
	}
	return e, nil
}

// contactTerms are the conditions of a filter, without its page.
func (s *Site) contactTerms(op string, f store.ContactFilter) (where conditions, err error) {
	where.equal("c.case_id", f.Case, "c.person", f.Person, "c.status", string(f.Status), "c.level", string(f.Level), "c.source", string(f.Source),
		"c.owner", f.Owner, "c.merged_into", f.Merged)
	if f.Generation != 0 {
		where.add("c.generation = ?", f.Generation)
	}
	if f.Counting {
		where.add("c.merged_into = '' AND c.withdrawn_for = ''")
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
	query := selectContacts
	if f.Paths {
		query += ", c.path"
	}
	query += fromContacts + where.String() + " ORDER BY c.case_id, c.generation, c.rowid"
	if f.Limit > 0 || f.Offset > 0 {
		limit := f.Limit
		if limit <= 0 {
			limit = -1
		}
		query += " LIMIT ? OFFSET ?"
		where.args = append(where.args, limit, max(f.Offset, 0))
	}
	k := s.contactScan()
	return stream(ctx, s.db, op, query, where.args, func(rows *sql.Rows) (store.ContactEntry, error) { return k.scan(rows, f.Paths) })
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
	k := s.contactScan()
	e, found, err := first(stream(ctx, s.db, op, selectContacts+", c.path"+fromContacts+" WHERE c.id = ?", []any{id},
		func(rows *sql.Rows) (store.ContactEntry, error) { return k.scan(rows, true) }))
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
