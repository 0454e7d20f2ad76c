package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"menshen"
)

// minVersion is the first SQLite that cannot corrupt a file by resetting its WAL (3.7.0 to 3.51.2 could).
const minVersion = 3_051_003

// statements is how many prepared statements a connection keeps: more than there are different ones in either database.
const statements = "48"

// applicationID tells the files of the two databases, and those of other programs, apart.
type applicationID int64

// connector opens connections of one kind to one file. It replaces sql.Register, so that nothing is global.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

// Connect implements driver.Connector.
func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return c.driver }

// newWriter opens the one writing connection: transactions begin by taking the write lock, so none fails half way
// because another writer was quicker.
func newWriter(path string, opts Options) *connector {
	want := []setting{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"secure_delete", "1"}, {"query_only", "0"},
		{"busy_timeout", milliseconds(opts.BusyTimeout)},
	}
	query := url.Values{
		"_journal": {"WAL"}, "_sync": {"FULL"}, "_txlock": {"immediate"}, "_fk": {"1"}, "_secure_delete": {"1"},
		"_busy_timeout": {milliseconds(opts.BusyTimeout)}, "_stmt_cache_size": {statements},
	}
	return newConnector(path, query, want, func(c *sqlite3.SQLiteConn) error {
		if err := opts.names.register(c); err != nil {
			return err
		}
		// A WAL that grew while somebody read for long is cut back when it is begun anew.
		if _, err := pragma(c, "journal_size_limit = 67108864"); err != nil {
			return err
		}
		if _, err := pragma(c, "wal_autocheckpoint = 4000"); err != nil {
			return err
		}
		// Passes come in the order of no index but one: with SQLite's 2 MB most of them would begin with reading a page.
		if _, err := pragma(c, "cache_size = -32768"); err != nil {
			return err
		}
		if opts.MaxBytes <= 0 {
			return nil
		}
		size, err := pragma(c, "page_size")
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil || n <= 0 {
			return fmt.Errorf("page size %q", size)
		}
		_, err = pragma(c, "max_page_count = "+strconv.FormatInt(max(opts.MaxBytes/n, 1), 10))
		return err
	})
}

// newReader opens one reading connection, which cannot write even by mistake.
func newReader(path string, opts Options) *connector {
	want := []setting{
		{"journal_mode", "wal"}, {"foreign_keys", "1"}, {"query_only", "1"}, {"busy_timeout", milliseconds(opts.BusyTimeout)},
	}
	query := url.Values{
		"mode": {"ro"}, "_query_only": {"1"}, "_txlock": {"deferred"}, "_fk": {"1"}, "_sync": {"FULL"},
		"_busy_timeout": {milliseconds(opts.BusyTimeout)}, "_stmt_cache_size": {statements},
	}
	return newConnector(path, query, want, opts.names.register)
}

// newCopyReader opens a finished copy that nobody writes to, without making files beside it.
func newCopyReader(path string) *connector {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole // the first part of another would be taken for a host
	}
	query := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_query_only": {"1"}}
	return newConnector(path, query, []setting{{"query_only", "1"}}, nil)
}

func newConnector(path string, query url.Values, want []setting, more func(*sqlite3.SQLiteConn) error) *connector {
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	hook := func(c *sqlite3.SQLiteConn) error {
		// Sorting spills to memory: personal data must not reach the machine's folder for temporary files.
		if _, err := pragma(c, "temp_store = MEMORY"); err != nil {
			return err
		}
		if more != nil {
			if err := more(c); err != nil {
				return err
			}
		}
		return assertSettings(c, path, want)
	}
	return &connector{driver: &sqlite3.SQLiteDriver{ConnectHook: hook}, dsn: dsn.String()}
}

// setting is a pragma and the value it must have.
type setting struct{ name, value string }

// assertSettings refuses a connection that is not as durable and careful as it was asked to be.
func assertSettings(c *sqlite3.SQLiteConn, path string, want []setting) error {
	const op = "sqlite.settings"
	if v, n, _ := sqlite3.Version(); n < minVersion {
		return menshen.Errorf(menshen.CodeMissing, op, "SQLite %s can damage a database", v).
			WithHint("build menshen with SQLite 3.51.3 or newer")
	}
	for _, s := range want {
		got, err := pragma(c, s.name)
		if err != nil {
			return fault(op, path, err)
		}
		if got != s.value {
			return menshen.Errorf(menshen.CodeUnavailable, op, "SQLite keeps %s at %q instead of %q", s.name, got, s.value).
				WithHint("put %s on a local disk; network folders cannot keep it safe", path)
		}
	}
	return nil
}

// pragma runs one pragma and gives its first value, "" for none.
func pragma(c *sqlite3.SQLiteConn, text string) (string, error) {
	rows, err := c.Query("PRAGMA "+text, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	if len(rows.Columns()) == 0 {
		return "", nil
	}
	row := make([]driver.Value, len(rows.Columns()))
	switch err := rows.Next(row); {
	case errors.Is(err, io.EOF):
		return "", nil
	case err != nil:
		return "", err
	}
	if b, ok := row[0].([]byte); ok {
		return string(b), nil
	}
	return fmt.Sprint(row[0]), nil
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(max(d.Milliseconds(), 1), 10)
}
