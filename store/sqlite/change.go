package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"unicode/utf8"

	"menshen"
)

// maxText is the longest text in bytes that an entry may have in one field: what is longer no gate could be told.
const maxText = 4 << 10

// checkTexts refuses texts that no message could carry.
func checkTexts(op string, texts ...string) error {
	for _, s := range texts {
		if len(s) > maxText || !utf8.ValidString(s) {
			return menshen.Errorf(menshen.CodeInvalid, op, "a text is longer than %d bytes or not UTF-8", maxText).WithHint("shorten it")
		}
	}
	return nil
}

// mark numbers the latest state of entries anew, in the transaction that changed them.
func mark(ctx context.Context, tx *sql.Tx, kind menshen.ChangeKind, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	// REPLACE takes the former row of the entry out, so that only its latest change is kept.
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO changes (kind, key) SELECT ?, value FROM json_each(?) ORDER BY id", string(kind), string(list))
	return err
}

// alter runs f in one transaction, and wakes who follows the registry.
func (s *Site) alter(ctx context.Context, op string, f func(*sql.Tx) error) error {
	if err := s.db.write(ctx, op, f); err != nil {
		return err
	}
	s.altered.Add(1)
	select {
	case s.changed <- struct{}{}:
	default: // one wake-up waits already
	}
	return nil
}

// Changed is ready after the registry was changed: one wake-up for any number of commits. It has one reader.
func (s *Site) Changed() <-chan struct{} { return s.changed }

// Altered counts the changes of the registry that were committed since it was opened: Changes gives them all from then on.
func (s *Site) Altered() uint64 { return s.altered.Load() }

// Changes gives the changes of the registry after a revision in order, at most limit of them (0 is all), and the latest
// revision there is. All of it is of one moment. Of an entry that changed often only the latest change is there; an entry
// that is gone comes without content.
func (s *Site) Changes(ctx context.Context, after uint64, limit int) (changes []menshen.Change, latest uint64, err error) {
	const op = "sqlite.changes"
	if limit <= 0 {
		limit = -1
	}
	if after > maxSequence {
		after = maxSequence
	}
	tx, err := s.db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(revision), 0) FROM changes").Scan(&latest); err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	changes, err = rowsOf(ctx, tx, "SELECT revision, kind, key FROM changes WHERE revision > ? ORDER BY revision LIMIT ?",
		[]any{int64(after), limit}, func(rows *sql.Rows) (c menshen.Change, err error) {
			return c, rows.Scan(&c.Revision, &c.Kind, &c.Key)
		})
	if err == nil {
		err = s.fill(ctx, tx, changes)
	}
	if err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	return changes, latest, nil
}

// fill reads the entries of changes from their tables.
func (s *Site) fill(ctx context.Context, tx *sql.Tx, changes []menshen.Change) error {
	at := map[menshen.ChangeKind]map[string]*menshen.Change{}
	keys := map[menshen.ChangeKind][]string{}
	for i := range changes {
		c := &changes[i]
		if at[c.Kind] == nil {
			at[c.Kind] = map[string]*menshen.Change{}
		}
		at[c.Kind][c.Key] = c
		keys[c.Kind] = append(keys[c.Kind], c.Key)
	}
	for kind, list := range keys {
		read, known := s.entries()[kind]
		if !known {
			return menshen.Errorf(menshen.CodeCorrupt, "sqlite.changes", "%s has a change of the unknown kind %q", filepath.Base(s.db.path), kind).
				WithHint("put the latest backup in place of the database")
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err := read(ctx, tx, string(text), at[kind]); err != nil {
			return err
		}
	}
	return nil
}

// entryReader reads the entries with the keys of a JSON list into their changes.
type entryReader func(ctx context.Context, tx *sql.Tx, keys string, at map[string]*menshen.Change) error

// entries gives the reader of each kind.
func (s *Site) entries() map[menshen.ChangeKind]entryReader {
	const among = " IN (SELECT value FROM json_each(?))"
	return map[menshen.ChangeKind]entryReader{
		menshen.ChangePerson: reader(selectPeople+fromPeople+" WHERE p.id"+among, s.scanPerson,
			func(p *menshen.Person) string { return p.ID }, func(c *menshen.Change) **menshen.Person { return &c.Person }),
		menshen.ChangePermit: reader(selectPermits+" WHERE id"+among, s.scanPermit,
			func(p *menshen.Permit) string { return p.ID }, func(c *menshen.Change) **menshen.Permit { return &c.Permit }),
		menshen.ChangeHealth: reader(selectHealth+" WHERE person"+among, s.scanHealth,
			func(h *menshen.Health) string { return h.Person }, func(c *menshen.Change) **menshen.Health { return &c.Health }),
		menshen.ChangeCredential: reader(selectCredentials+" WHERE id"+among, scanCredential,
			func(x *menshen.Credential) string { return x.ID }, func(c *menshen.Change) **menshen.Credential { return &c.Credential }),
		menshen.ChangeTemplate: reader(selectTemplates+" WHERE t.id"+among, s.scanTemplate,
			func(t *menshen.Template) string { return t.ID }, func(c *menshen.Change) **menshen.Template { return &c.Template }),
		menshen.ChangeGate: reader("SELECT gate, state FROM gate_settings WHERE gate"+among, scanGate,
			func(g *menshen.GateSetting) string { return g.Gate }, func(c *menshen.Change) **menshen.GateSetting { return &c.Gate }),
		menshen.ChangeSite: reader(selectSite+" WHERE ''"+among, s.scanSite,
			func(*menshen.SiteSetting) string { return "" }, func(c *menshen.Change) **menshen.SiteSetting { return &c.Site }),
		menshen.ChangeRules: reader("SELECT * FROM ("+selectRules+" ORDER BY version DESC LIMIT 1) WHERE ''"+among, scanRules,
			func(*menshen.RuleText) string { return "" }, func(c *menshen.Change) **menshen.RuleText { return &c.Rules }),
	}
}

// reader makes an entryReader of a query, its scan, the key of an entry and its place in a change.
func reader[T any](query string, scan func(*sql.Rows) (T, error), key func(*T) string, into func(*menshen.Change) **T) entryReader {
	return func(ctx context.Context, tx *sql.Tx, keys string, at map[string]*menshen.Change) error {
		all, err := rowsOf(ctx, tx, query, []any{keys}, scan)
		if err != nil {
			return err
		}
		for i := range all {
			if c := at[key(&all[i])]; c != nil {
				*into(c) = &all[i]
			}
		}
		return nil
	}
}
