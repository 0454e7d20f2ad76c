package chaos

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // the files are read as another program would

	"menshen"
)

// openFile opens a database for reading only: nothing here may put right what the program under test left.
func openFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {"2000"}}.Encode()}
	db, err := sql.Open("sqlite3", dsn.String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// readLog reads all passes of a pass log, how many were set aside because another had their number, and whether the file is
// sound.
func readLog(ctx context.Context, path string) (rows []Row, aside int, sound string, err error) {
	db, err := openFile(path)
	if err != nil {
		return nil, 0, "", err
	}
	defer func() { _ = db.Close() }() // it was only read
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return nil, 0, "", err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM set_aside").Scan(&aside); err != nil {
		return nil, 0, "", err
	}
	rows, err = readRows(ctx, db, "SELECT gate, sequence, coalesce(person, ''), direction, captured, coalesce(decided, 0), outcome, answers FROM passes")
	return rows, aside, sound, err
}

func readRows(ctx context.Context, db *sql.DB, query string) (all []Row, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	for rows.Next() {
		var r Row
		var captured, decided int64
		if err := rows.Scan(&r.ID.Gate, &r.ID.Sequence, &r.Person, &r.Direction, &captured, &decided, &r.Outcome, &r.Answers); err != nil {
			return nil, err
		}
		r.Captured, r.Decided = time.Unix(0, captured), time.Unix(0, decided)
		all = append(all, r)
	}
	return all, rows.Err()
}

// witness reads an outbox from outside while its process runs, and tells the ledger what is committed there.
type witness struct {
	ledger *Ledger
	path   string
	gates  map[string]bool // which the process decides at: a hub knows how far those of its posts have counted too
	cancel context.CancelFunc
	done   chan struct{}
}

// lookEvery is how often an outbox is read.
const lookEvery = 10 * time.Millisecond

func newWitness(ledger *Ledger, path string, gates map[string]bool) *witness {
	ctx, cancel := context.WithCancel(context.Background())
	w := &witness{ledger: ledger, path: path, gates: gates, cancel: cancel, done: make(chan struct{})}
	go w.run(ctx)
	return w
}

func (w *witness) run(ctx context.Context) {
	defer close(w.done)
	db, err := openFile(w.path)
	if err != nil {
		return
	}
	defer func() { _ = db.Close() }() // it was only read
	cursor := int64(0)
	for {
		// A file that is not there yet, or is just being made, is read the next time.
		_ = w.look(db, &cursor)
		select {
		case <-ctx.Done():
			_ = w.look(db, &cursor) // what was committed before the process ended
			return
		case <-time.After(lookEvery):
		}
	}
}

// look reads what has come since the cursor.
func (w *witness) look(db *sql.DB, cursor *int64) error {
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	last, err := w.counters(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT cursor, gate, sequence, coalesce(person, ''), direction, coalesce(decided, 0) FROM outbox WHERE cursor > ? ORDER BY cursor", *cursor)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	passes := map[menshen.PassID]Ack{}
	next := *cursor
	for rows.Next() {
		var id menshen.PassID
		var ack Ack
		var decided int64
		if err := rows.Scan(&next, &id.Gate, &id.Sequence, &ack.Person, &ack.Direction, &decided); err != nil {
			return err
		}
		ack.Decided = time.Unix(0, decided)
		passes[id] = ack
	}
	if err := rows.Err(); err != nil {
		return err
	}
	*cursor = next
	w.ledger.Acknowledge(passes, last)
	return nil
}

// counters reads how far the gates have counted.
func (w *witness) counters(ctx context.Context, tx *sql.Tx) (map[string]uint64, error) {
	rows, err := tx.QueryContext(ctx, "SELECT gate, last FROM counters")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	last := map[string]uint64{}
	for rows.Next() {
		var gate string
		var n uint64
		if err := rows.Scan(&gate, &n); err != nil {
			return nil, err
		}
		if w.gates[gate] {
			last[gate] = n
		}
	}
	return last, rows.Err()
}

// stop looks once more and ends.
func (w *witness) stop() {
	w.cancel()
	<-w.done
}

// outboxLen gives how many passes wait in an outbox.
func outboxLen(ctx context.Context, path string) (n int, err error) {
	db, err := openFile(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // it was only read
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM outbox").Scan(&n)
	return n, err
}
