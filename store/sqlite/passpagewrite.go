package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"

	"menshen"
)

// KeepPages writes pages for the rows that have none, and says how many. Rows at the end that do not fill a page are left
// for later unless all is set, as it should be when the store is closed soon. Work goes on meanwhile: rows are read beside it,
// and only what is new is written in a transaction, some megabytes at a time.
func (s *Site) KeepPages(ctx context.Context, all bool) (written int, err error) {
	const op = "sqlite.keep_pages"
	for after := int64(0); ; {
		draft, err := s.draftPage(ctx, all, after)
		if err != nil {
			return written, fault(op, s.db.path, err)
		}
		if draft == nil {
			return written, nil
		}
		kept, err := s.keepPage(ctx, draft)
		if err != nil {
			return written, fault(op, s.db.path, err)
		}
		if kept {
			written++
		}
		// A page of changed rows waits for the next call, so that who changes all rows is not raced.
		after = draft.last
	}
}

// pageDraft is a page whose people and gates have no numbers yet.
type pageDraft struct {
	page

	ends          [2]menshen.PassID // of the first row and the last
	latest        int64             // capture time, ns since 1970
	people, gates []string          // by number in the draft
	changes       int64             // pass_changes when the rows were read
}

// draftPage reads the next rows behind one that have no page; nil where there are none, or too few.
func (s *Site) draftPage(ctx context.Context, all bool, after int64) (*pageDraft, error) {
	tx, err := s.db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var changes int64
	if err := tx.QueryRowContext(ctx, "SELECT count FROM pass_changes").Scan(&changes); err != nil {
		return nil, err
	}
	pages, err := pageEntries(ctx, tx)
	if err != nil {
		return nil, err
	}
	missing, err := gaps(ctx, tx, pages)
	if err != nil {
		return nil, err
	}
	limit := int64(s.db.opts.PageRows)
	for i, rows := range missing {
		rows.first = max(rows.first, after+1)
		if rows.last < rows.first {
			continue
		}
		last := i == len(missing)-1 && (len(pages) == 0 || pages[len(pages)-1].last < rows.first)
		if last && !all && rows.last-rows.first+1 < limit {
			continue
		}
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM passes WHERE rowid BETWEEN ? AND ?)", rows.first, rows.last).Scan(&there); err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		// A small page before, as every end leaves one, is written anew with what has come since.
		before := func(p pageEntry, row int64) int { return cmp.Compare(p.last+1, row) }
		if n, ok := slices.BinarySearchFunc(pages, rows.first, before); ok && pages[n].last-pages[n].first+1 < limit/2 {
			rows.first = pages[n].first
		}
		draft, err := readDraft(ctx, tx, rows, int(limit))
		if err != nil {
			return nil, err
		}
		if draft != nil {
			draft.changes = changes
			return draft, nil
		}
	}
	return nil, nil
}

// readDraft makes a page of the first rows of a range; nil where it has none.
func readDraft(ctx context.Context, tx *sql.Tx, rows rowRange, limit int) (*pageDraft, error) {
	d := &pageDraft{}
	var passes []menshen.Pass
	var rowids []int64
	cache, n := reasonsCache{}, 0
	query := "SELECT " + briefColumns + " FROM passes WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?"
	err := eachRow(ctx, tx, query, []any{rows.first, rows.last, limit}, func(r *briefRow) error {
		id := menshen.PassID{Gate: r.pass.ID.Gate, Sequence: uint64(max(r.sequence, 0))}
		if n == 0 {
			d.first, d.ends[0] = r.rowid, id
		}
		n++
		d.last, d.ends[1] = r.rowid, id
		d.latest = max(d.latest, r.captured.Int64)
		p, err := r.decode(cache)
		switch {
		case err == nil:
			passes, rowids = append(passes, p), append(rowids, r.rowid)
		case menshen.ErrorCode(err) == menshen.CodeCorrupt:
			d.without = append(d.without, r.rowid) // who reads it learns what is wrong
		default:
			return err
		}
		return nil
	})
	if err != nil || n == 0 {
		return nil, err
	}
	d.fill(passes, rowids)
	return d, nil
}

// fill turns passes into columns. What a column cannot reach, because a clock was wrong by a year, stays without.
func (d *pageDraft) fill(passes []menshen.Pass, rowids []int64) {
	times := make([]int64, len(passes))
	for i := range passes {
		times[i] = pageTick(passes[i].Captured)
	}
	slices.Sort(times)
	if len(times) > 0 {
		d.Base = max(times[0], times[len(times)/2]-1<<31)
	}
	people, gates, manners := numbering{"": 0}, numbering{"": 0}, map[string]uint16{}
	var key []byte
	for i := range passes {
		p := &passes[i]
		at := pageTick(p.Captured) - d.Base
		if at < 0 || at > math.MaxUint32 {
			d.without = append(d.without, rowids[i])
			continue
		}
		key = appendManner(key[:0], *p)
		manner, ok := manners[string(key)]
		if !ok {
			manner = uint16(len(manners))
			manners[string(key)] = manner
			d.Manners = append(d.Manners, menshen.Pass{Site: p.Site, Direction: p.Direction, Means: p.Means, Decision: p.Decision, Confidence: p.Confidence})
		}
		d.At, d.Sequence, d.Manner = append(d.At, uint32(at)), append(d.Sequence, p.ID.Sequence), append(d.Manner, manner)
		d.Person, d.Gate = append(d.Person, people.of(p.Person)), append(d.Gate, gates.of(p.ID.Gate))
	}
	slices.Sort(d.without)
	d.people, d.gates = people.list(), gates.list()
}

// numbering numbers ids in the order of their first appearance.
type numbering map[string]uint32

func (n numbering) of(id string) uint32 {
	k, ok := n[id]
	if !ok {
		k = uint32(len(n))
		n[id] = k
	}
	return k
}

func (n numbering) list() []string {
	out := make([]string, len(n))
	for id, k := range n {
		out[k] = id
	}
	return out
}

// keepPage writes a page, unless rows were changed since they were read, and says whether it did.
func (s *Site) keepPage(ctx context.Context, d *pageDraft) (kept bool, err error) {
	err = s.db.write(ctx, "sqlite.keep_page", func(tx *sql.Tx) error {
		var changes int64
		if err := tx.QueryRowContext(ctx, "SELECT count FROM pass_changes").Scan(&changes); err != nil || changes != d.changes {
			return err
		}
		if err := numberIn(ctx, tx, "pass_people", d.people, d.Person); err != nil {
			return err
		}
		if err := numberIn(ctx, tx, "pass_gates", d.gates, d.Gate); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM pass_pages WHERE first BETWEEN ? AND ?", d.first, d.last); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO pass_pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", d.first, d.last,
			d.ends[0].Gate, int64(d.ends[0].Sequence), d.ends[1].Gate, int64(d.ends[1].Sequence), d.latest, encodePage(d.page))
		kept = err == nil
		return err
	})
	return kept && err == nil, err
}

// numberIn numbers ids in a table, and puts those numbers in the place of the column's, which are indexes of ids.
func numberIn(ctx context.Context, tx *sql.Tx, table string, ids []string, column []uint32) error {
	list, err := json.Marshal(ids[1:])
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" (id) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING", string(list)); err != nil {
		return err
	}
	numbers := make(map[string]uint32, len(ids))
	rows, err := tx.QueryContext(ctx, "SELECT id, number FROM "+table+" WHERE id IN (SELECT value FROM json_each(?))", string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var n uint32
		if err := rows.Scan(&id, &n); err != nil {
			return err
		}
		numbers[id] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, k := range column {
		column[i] = numbers[ids[k]]
	}
	return nil
}
