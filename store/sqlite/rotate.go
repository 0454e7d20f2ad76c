package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"menshen"
)

// rotate seals everything of a site anew, from Options.Key to Options.NextKey: first the keys of people, in one transaction of their
// file, then what is under the site's own key, in one of the database. Each file says under which key it is, so what a crash left
// half done is finished by the same call.
func rotate(ctx context.Context, site *database) (err error) {
	const op = "sqlite.rotate"
	from, err := newVault(site.opts.Key)
	if err != nil {
		return fault(op, site.path, err)
	}
	to, err := newVault(site.opts.NextKey)
	if err != nil {
		return fault(op, site.path, err)
	}
	if err := errors.Join(from.needed(op), to.needed(op)); err != nil {
		return err
	}
	opts := site.opts
	opts.MaxBytes = 0
	keys, err := openDatabase(ctx, KeysPath(site.path), keysSchema(), opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	ring := &keyring{db: keys, keys: map[int64]*personKey{}, current: map[keyOwner]int64{}, erased: map[int64]keyOwner{}}
	due, err := dueToRotate(ctx, keys, from, to)
	if err != nil {
		return err
	}
	if due {
		if ring.wrap, err = wrapping(site.opts.Key); err != nil {
			return fault(op, keys.path, err)
		}
		if err := ring.load(ctx); err != nil {
			return err
		}
		if err := ring.rewrap(ctx, site.opts.NextKey, to); err != nil {
			return err
		}
	}
	if due, err = dueToRotate(ctx, site, from, to); err != nil || !due {
		return err
	}
	if len(ring.keys) == 0 {
		if ring.wrap, err = wrapping(site.opts.NextKey); err != nil {
			return fault(op, keys.path, err)
		}
		if err := ring.load(ctx); err != nil {
			return err
		}
	}
	if err := sealAnew(ctx, site, ring, from, to); err != nil {
		return err
	}
	return site.emptyLog(ctx, op)
}

// dueToRotate reports whether a file is still under the first of two keys: CodeDenied where it is under neither.
func dueToRotate(ctx context.Context, d *database, from, to *vault) (bool, error) {
	var proof []byte
	err := d.writer.QueryRowContext(ctx, "SELECT proof FROM seal").Scan(&proof)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // it was begun with no key yet
	}
	if err != nil {
		return false, fault("sqlite.rotate", d.path, err)
	}
	if _, err := to.open(proof, "seal"); err == nil {
		return false, nil
	}
	if _, err := from.open(proof, "seal"); err != nil {
		return false, otherKey("sqlite.rotate", d.path, err)
	}
	return true, nil
}

func putProof(ctx context.Context, tx *sql.Tx, v *vault) error {
	_, err := tx.ExecContext(ctx, "UPDATE seal SET proof = ?", v.seal([]byte("menshen"), "seal"))
	return err
}

// rewrap wraps all keys under that of another generation, each in its place.
func (k *keyring) rewrap(ctx context.Context, next []byte, to *vault) error {
	const op = "sqlite.rotate"
	wrap, err := wrapping(next)
	if err != nil {
		return fault(op, k.db.path, err)
	}
	err = k.db.write(ctx, op, func(tx *sql.Tx) error {
		put, err := tx.PrepareContext(ctx, "UPDATE person_keys SET wrapped = ? WHERE number = ?")
		if err != nil {
			return err
		}
		defer put.Close()
		for number, p := range k.keys {
			if _, err := put.ExecContext(context.WithoutCancel(ctx), p.wrapped(wrap), number); err != nil {
				return err
			}
		}
		return putProof(ctx, tx, to)
	})
	if err != nil {
		return err
	}
	k.wrap = wrap
	return k.db.emptyLog(ctx, op)
}

// siteSealed are the columns that are sealed under the site's own key: table, column, what names the row, and where the value belongs.
var siteSealed = []struct{ table, column, row, place string }{
	{"deliveries", "sealed", "id", ""},
	{"accounts", "data", "id", ""},
	{"account_sessions", "data", "id", ""},
	{"account_factors", "data", "id", ""},
	{"cases", "sealed", "id", ""},
	{"case_contacts", "sealed", "id", ""},
	{"follow_ups", "sealed", "id", ""},
	{"case_orders", "sealed", "id", ""},
	{"case_changes", "sealed", "number", "json_array(case_id, contact, changed_by, field)"},
	{"site_setting", "number_key", "id", "'number_key'"},
	{"site_setting", "permit_seed", "id", "'permit_seed'"},
	// Of people, what an older version sealed and no start has brought under their keys yet.
	{"particulars", "sealed", "person", ""},
	{"consents", "sealed", "id", ""},
	{"form_answers", "sealed", "id", ""},
}

// sealAnew does what rotate says of the database, all or nothing.
func sealAnew(ctx context.Context, d *database, ring *keyring, from, to *vault) error {
	const op = "sqlite.rotate"
	return d.write(ctx, op, func(tx *sql.Tx) error {
		// The trigger that keeps the history of cases is put back as it was: what it says does not change.
		var trigger string
		if err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = 'case_changes_stay'").Scan(&trigger); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DROP TRIGGER case_changes_stay"); err != nil {
			return err
		}
		for _, c := range siteSealed {
			if err := sealColumn(ctx, tx, c.table, c.column, c.row, c.place, from, to); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, trigger); err != nil {
			return err
		}
		if err := hashAnew(ctx, tx, &Site{db: d, vault: to, ring: ring}); err != nil {
			return err
		}
		return putProof(ctx, tx, to)
	})
}

func sealColumn(ctx context.Context, tx *sql.Tx, table, column, row, where string, from, to *vault) error {
	const op = "sqlite.rotate"
	if where == "" {
		where = "''"
	}
	affinity := "TEXT"
	if row == "number" || table == "site_setting" {
		affinity = "INTEGER"
	}
	type value struct {
		row, place string
		sealed     []byte
	}
	query := "SELECT CAST(" + row + " AS TEXT), " + where + ", " + column + " FROM " + table + " WHERE substr(" + column + ", 1, 1) = x'01'" //nolint:gosec // from the list above
	all, err := rowsOf(ctx, tx, query, nil, func(rows *sql.Rows) (v value, err error) { return v, rows.Scan(&v.row, &v.place, &v.sealed) })
	if err != nil || len(all) == 0 {
		return err
	}
	put, err := tx.PrepareContext(ctx, "UPDATE "+table+" SET "+column+" = ? WHERE "+row+" = CAST(? AS "+affinity+")")
	if err != nil {
		return err
	}
	defer put.Close()
	for i, v := range all {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		at := []string{table, v.row}
		switch table {
		case "case_changes":
			var more []string
			if err := json.Unmarshal([]byte(v.place), &more); err != nil {
				return err
			}
			at = append(at, more...)
		case "site_setting":
			at = []string{table, v.place}
		}
		plain, err := from.read(op, v.sealed, at...)
		if menshen.ErrorCode(err) == menshen.CodeCorrupt && table != "site_setting" {
			continue // it was damaged before: it stays as it is, and must not hold up the others
		}
		if err != nil {
			return err
		}
		if _, err := put.ExecContext(context.WithoutCancel(ctx), to.seal(plain, at...), v.row); err != nil {
			return err
		}
	}
	return nil
}

// hashAnew makes the hashes by which documents and phones are found.
func hashAnew(ctx context.Context, tx *sql.Tx, to *Site) error {
	const op = "sqlite.rotate"
	type value struct {
		id     string
		sealed []byte
	}
	read := func(rows *sql.Rows) (v value, err error) { return v, rows.Scan(&v.id, &v.sealed) }
	people, err := rowsOf(ctx, tx, "SELECT person, sealed FROM particulars WHERE document_hash IS NOT NULL OR phone_hash IS NOT NULL", nil, read)
	if err != nil {
		return err
	}
	for _, v := range people {
		var p menshen.Particulars
		if err := to.openParticulars(op, v.id, v.sealed, &p); errors.Is(err, errErased) || menshen.ErrorCode(err) == menshen.CodeCorrupt {
			continue // the row goes with the next opening, or was damaged before
		} else if err != nil {
			return err
		}
		var document, phone []byte
		if p.Document.Number != "" {
			document = to.vault.find(p.Document.Number)
		}
		if p.Phone != "" {
			phone = to.vault.findPhone(p.Phone)
		}
		_, err := tx.ExecContext(context.WithoutCancel(ctx), "UPDATE particulars SET document_hash = ?, phone_hash = ? WHERE person = ?", document, phone, v.id)
		if err != nil {
			return err
		}
	}
	contacts, err := rowsOf(ctx, tx, "SELECT id, sealed FROM case_contacts WHERE phone_hash IS NOT NULL", nil, read)
	if err != nil {
		return err
	}
	for _, v := range contacts {
		c := menshen.CaseContact{ID: v.id}
		if err := to.openContact(op, v.sealed, &c); menshen.ErrorCode(err) == menshen.CodeCorrupt {
			continue // damaged before
		} else if err != nil {
			return err
		}
		_, err := tx.ExecContext(context.WithoutCancel(ctx), "UPDATE case_contacts SET phone_hash = ? WHERE id = ?", to.vault.findPhone(c.Phone.Reveal()), v.id)
		if err != nil {
			return err
		}
	}
	return nil
}
