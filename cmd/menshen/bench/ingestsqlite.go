package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"menshen"
)

// bareRow gives the columns of a pass as the databases of Menshen have them.
func bareRow(p menshen.Pass, sequence int64) []any {
	reasons, _ := json.Marshal(p.Decision.Reasons) // texts
	type candidate struct {
		Person   string  `json:"p"`
		Template string  `json:"t,omitempty"`
		Distance float64 `json:"d"`
	}
	var candidates []candidate
	for _, c := range p.Match.Candidates {
		candidates = append(candidates, candidate(c))
	}
	match, _ := json.Marshal(map[string]any{"v": p.Match.Verdict, "c": candidates, "f": p.Match.Faces, "a": p.Match.Agreeing, "t": p.Match.Threshold}) // numbers
	return []any{
		p.ID.Gate, sequence, p.Site, p.Person, string(p.Direction), p.Captured.UnixNano(), p.Decided.UnixNano(), string(p.Means), string(p.Decision.Outcome),
		string(reasons), string(match), p.Camera, p.Track, p.Permit, p.Credential, p.By, p.Answers, p.Confidence,
	}
}

// bareTable is a table of the same columns and without any index.
const bareTable = `CREATE TABLE rows (gate TEXT, sequence INTEGER, site TEXT, person TEXT, direction TEXT, captured INTEGER, decided INTEGER, means TEXT,
	outcome TEXT, reasons TEXT, recognition TEXT, camera TEXT, track TEXT, permit TEXT, credential TEXT, decided_by TEXT, answers TEXT, confidence REAL) STRICT`

// sqlite measures what SQLite does by itself, through database/sql and the same driver, with the settings of the outbox: rows
// without an index, as many in a transaction as there are callers, and a thousand; and the same with the outbox's keys.
func (r *ingestReport) sqlite(ctx context.Context, p Program, o IngestOptions, crowd *passers, folder string) error {
	fmt.Fprintln(p.Progress, "SQLite alone")
	keys := "CREATE UNIQUE INDEX by_id ON rows (gate, sequence); CREATE INDEX by_time ON rows (captured)"
	for _, l := range []struct {
		batch       int
		keys, label string
	}{{min(o.Callers, 1024), "", "no index"}, {1024, "", "no index"}, {min(o.Callers, 1024), keys, "the outbox's indexes"}} {
		rate, err := bareRate(ctx, filepath.Join(folder, "bare.db"), l.keys, l.batch, part(o)/2, crowd)
		if err != nil {
			return sqliteFailed(err)
		}
		r.SQLite = append(r.SQLite, limit{Batch: l.batch, PerSecond: rate, What: l.label})
	}
	return nil
}

func bareRate(ctx context.Context, path, keys string, batch int, lasting time.Duration, crowd *passers) (rate float64, err error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal=WAL&_sync=FULL&_txlock=immediate&_secure_delete=1&_stmt_cache_size=16")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(), os.Remove(path)) }()
	db.SetMaxOpenConns(1)
	for _, text := range []string{"PRAGMA journal_size_limit = 67108864", "PRAGMA wal_autocheckpoint = 4000", bareTable, keys} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return 0, err
		}
	}
	rows := make([][]any, 4096)
	for i := range rows {
		rows[i] = bareRow(crowd.next(), 0)
	}
	insert := "INSERT INTO rows VALUES (" + strings.TrimSuffix(strings.Repeat("?,", len(rows[0])), ",") + ")"
	n, begin := 0, time.Now()
	for time.Since(begin) < lasting {
		if err := bareBatch(ctx, db, insert, rows, n, batch); err != nil {
			return 0, err
		}
		n += batch
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

// bareBatch inserts rows in one transaction, from the n-th on, around and around.
func bareBatch(ctx context.Context, db *sql.DB, insert string, rows [][]any, n, batch int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	stmt, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	defer stmt.Close()
	for i := n; i < n+batch; i++ {
		row := rows[i%len(rows)]
		row[1] = int64(i)
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}
