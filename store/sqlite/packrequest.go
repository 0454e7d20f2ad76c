package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"menshen"
	"menshen/store"
)

// sealedPack is what only the key of the person opens.
type sealedPack struct {
	AskedBy string `json:"a"`
	Why     string `json:"w,omitempty"`
}

func ofPack(r menshen.PackRequest) own {
	return own{keyOwner{r.Person, keyOther}, []string{"pack_requests", r.ID}}
}

// keepPack gives what is sealed of a request.
func (s *Site) keepPack(ctx context.Context, tx *sql.Tx, op string, r menshen.PackRequest) (any, error) {
	if err := checkTexts(op, r.ID, r.Person, r.AskedBy, r.RequestedBy, r.DecidedBy, r.Why); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(sealedPack{r.AskedBy, r.Why})
	if err != nil {
		return nil, err
	}
	o := ofPack(r)
	return s.keepPersonal(ctx, tx, op, plain, r.Person, o.where...)
}

// AddPackRequest keeps a request. CodeNotFound for nobody.
func (s *Site) AddPackRequest(ctx context.Context, r menshen.PackRequest) error {
	const op = "sqlite.add_pack_request"
	at, err := encodeTimes(r.Requested, r.Decided, r.Expires)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		sealed, err := s.keepPack(ctx, tx, op, r)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO pack_requests (id, person, state, requested, requested_by, decided, decided_by, expires, fetched, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.Person, string(r.State), at[0], r.RequestedBy, at[1], r.DecidedBy, at[2], r.Fetched, sealed)
		if missing(err) {
			return nobody(op, r.Person)
		}
		return err
	})
}

// ChangePackRequest keeps how a request went on. CodeConflict where it is no longer as it was seen: state and fetches.
func (s *Site) ChangePackRequest(ctx context.Context, seen, next menshen.PackRequest) error {
	const op = "sqlite.change_pack_request"
	at, err := encodeTimes(next.Decided, next.Expires)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		sealed, err := s.keepPack(ctx, tx, op, next)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE pack_requests SET state = ?, decided = ?, decided_by = ?, expires = ?, fetched = ?, sealed = ?
			WHERE id = ? AND person = ? AND state = ? AND fetched = ?`,
			string(next.State), at[0], next.DecidedBy, at[1], next.Fetched, sealed, seen.ID, seen.Person, string(seen.State), seen.Fetched)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return menshen.Errorf(menshen.CodeConflict, op, "somebody changed it meanwhile").WithHint("look at it again, then repeat your change")
	})
}

const selectPacks = "SELECT id, person, state, requested, requested_by, decided, decided_by, expires, fetched, sealed FROM pack_requests"

// PackRequest gives one of an id, or CodeNotFound.
func (s *Site) PackRequest(ctx context.Context, id string) (menshen.PackRequest, error) {
	const op = "sqlite.pack_request"
	r, found, err := first(stream(ctx, s.db, op, selectPacks+" WHERE id = ?", []any{id}, s.scanPack))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "there is no request %q", id).WithHint("list them with: menshen pack list")
	}
	return r, err
}

// PackRequests gives those of a filter, the latest first.
func (s *Site) PackRequests(ctx context.Context, f store.PackFilter) iter.Seq2[menshen.PackRequest, error] {
	query, args := selectPacks+" WHERE (?1 = '' OR person = ?1) AND (?2 = '' OR state = ?2) ORDER BY rowid DESC", []any{f.Person, string(f.State)}
	if f.Latest > 0 {
		query, args = query+" LIMIT ?3", append(args, f.Latest)
	}
	return stream(ctx, s.db, "sqlite.pack_requests", query, args, s.scanPack)
}

func (s *Site) scanPack(rows *sql.Rows) (r menshen.PackRequest, err error) {
	const op = "sqlite.pack_request"
	var requested, decided, expires sql.NullInt64
	var sealed []byte
	if err := rows.Scan(&r.ID, &r.Person, &r.State, &requested, &r.RequestedBy, &decided, &r.DecidedBy, &expires, &r.Fetched, &sealed); err != nil {
		return r, err
	}
	r.Requested, r.Decided, r.Expires = decodeTime(requested), decodeTime(decided), decodeTime(expires)
	plain, err := s.readOwn(op, sealed, ofPack(r))
	if err != nil || plain == nil {
		return r, err
	}
	var words sealedPack
	if err := json.Unmarshal(plain, &words); err != nil {
		return r, unusable(op, r.ID, err)
	}
	r.AskedBy, r.Why = words.AskedBy, words.Why
	return r, nil
}
