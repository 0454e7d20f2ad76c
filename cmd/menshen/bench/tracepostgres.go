package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"menshen"
)

// postgresServer is PostgreSQL as it is installed. It refuses to run as root, so that root runs it as another user.
type postgresServer struct {
	bin     string // folder of its programs
	version string
	as      *syscall.Credential // nil is whoever runs this
}

func postgresFailed(err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "the comparison with PostgreSQL failed").WithHint("leave it out with --no-peers").WithCause(err)
}

// findPostgres finds the newest PostgreSQL of Debian's packages.
func findPostgres() (*postgresServer, error) {
	missing := menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "PostgreSQL, which is compared with, is not installed").
		WithHint("install it with: scripts/setup bench (Debian's package postgresql), or leave it out with --no-peers")
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, missing
	}
	number := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 for what is no version
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return number(a) - number(b) })
	p := &postgresServer{bin: filepath.Dir(newest), version: strconv.Itoa(number(newest))}
	if os.Geteuid() != 0 {
		return p, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, wrong := strconv.ParseUint(u.Uid, 10, 32)
		gid, alsoWrong := strconv.ParseUint(u.Gid, 10, 32)
		if wrong == nil && alsoWrong == nil && uid != 0 {
			p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
			return p, nil
		}
	}
	return nil, missing
}

// postgresPeer is a server of its own in a temporary folder, on a free port of the loopback, without a disk to wait for.
type postgresPeer struct {
	dir    string
	server *exec.Cmd
	said   bytes.Buffer
	ended  chan error
	conn   *pgx.Conn
}

// postgresSettings have all in memory, and nothing synced: how fast it answers is asked, not what survives.
var postgresSettings = []string{
	"shared_buffers=4GB", "work_mem=1GB", "maintenance_work_mem=2GB", "max_parallel_maintenance_workers=2", "effective_cache_size=16GB",
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=64GB", "autovacuum=off",
	"random_page_cost=1", "seq_page_cost=1", "jit=off", "huge_pages=try", "log_min_messages=fatal",
}

func (p *postgresServer) open(ctx context.Context) (_ database, err error) {
	dir, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, postgresFailed(err)
	}
	s := &postgresPeer{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(postgresFailed(err), s.close())
		}
	}()
	if p.as != nil {
		if err := os.Chown(dir, int(p.as.Uid), int(p.as.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	if out, err := p.command(ctx, "initdb", "-D", data, "-U", "menshen", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{"-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + dir}
	for _, setting := range postgresSettings {
		args = append(args, "-c", setting)
	}
	s.server = p.command(context.WithoutCancel(ctx), "postgres", args...) // close ends it
	s.server.Stdout, s.server.Stderr = &s.said, &s.said
	if err := s.server.Start(); err != nil {
		s.server = nil
		return nil, err
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.server.Wait() }()
	for end := time.Now().Add(time.Minute); ; {
		s.conn, err = pgx.Connect(ctx, fmt.Sprintf("host=%s port=%s user=menshen dbname=postgres sslmode=disable", dir, port))
		if err == nil {
			return s, nil
		}
		select {
		case ended := <-s.ended:
			s.ended <- ended
			return nil, fmt.Errorf("%w: %s", ended, s.said.String())
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			return nil, err
		}
	}
}

// command runs one of its programs in a folder that its user may enter, and so that it ends when this program is killed.
func (p *postgresServer) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Setpgid: true}
	return cmd
}

func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

func (s *postgresPeer) load(ctx context.Context, town *subdistrict) error {
	if err := s.fill(ctx, town); err != nil {
		return postgresFailed(err)
	}
	return nil
}

func (s *postgresPeer) fill(ctx context.Context, town *subdistrict) error {
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // after a commit it does nothing
	if _, err := tx.Exec(ctx, "CREATE TABLE passes (at int4 NOT NULL, person int4 NOT NULL, gate int4 NOT NULL)"); err != nil {
		return err
	}
	err = town.passes(ctx, allPasses, func(day int, passes []made) error {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"passes"}, []string{"at", "person", "gate"}, &copied{day: day, passes: passes})
		return err
	})
	if err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	for _, statement := range []string{
		"CREATE INDEX passes_person ON passes (person, at) INCLUDE (gate)", "CREATE INDEX passes_gate ON passes (gate, at) INCLUDE (person)",
		"VACUUM (FREEZE, ANALYZE) passes", // so that an index alone answers
		"CREATE EXTENSION pg_prewarm",
		// Every step is a search in an index, and each with few results: what it guesses of ranges would have it read all.
		"SET enable_seqscan = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off", "SET enable_bitmapscan = off", "SET max_parallel_workers_per_gather = 0",
		"SET plan_cache_mode = force_generic_plan",
	} {
		if _, err := s.conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// copied hands passes to COPY.
type copied struct {
	day    int
	passes []made
	next   int
	row    [3]any
}

// Next implements pgx.CopyFromSource.
func (c *copied) Next() bool { c.next++; return c.next <= len(c.passes) }

// Values implements pgx.CopyFromSource.
func (c *copied) Values() ([]any, error) {
	m := c.passes[c.next-1]
	c.row = [3]any{int32(ticksSince(c.day, m.at)), int32(m.person), int32(m.door >> 1)}
	return c.row[:], nil
}

// Err implements pgx.CopyFromSource.
func (c *copied) Err() error { return nil }

func (s *postgresPeer) warm(ctx context.Context) error {
	for _, what := range []string{"passes_person", "passes_gate", "passes"} {
		if _, err := s.conn.Exec(ctx, "SELECT pg_prewarm($1::regclass, 'read'), pg_prewarm($1::regclass)", what); err != nil {
			return postgresFailed(err)
		}
	}
	return nil
}

func (s *postgresPeer) reached(ctx context.Context, person, within uint32) ([]reachedBy, error) {
	rows, err := s.conn.Query(ctx, postgresQuery, int32(person), int32(within))
	if err != nil {
		return nil, postgresFailed(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r reachedBy, err error) {
		var person, generation int32
		err = row.Scan(&person, &generation)
		return reachedBy{uint32(person), uint32(generation)}, err
	})
	if err != nil {
		return nil, postgresFailed(err)
	}
	return found, nil
}

var postgresQuery = strings.ReplaceAll(fmt.Sprintf(reachedQuery, "JOIN", onceOnly), "$2", "$2::int4")

func (s *postgresPeer) size(ctx context.Context) (n int64, err error) {
	if err = s.conn.QueryRow(ctx, "SELECT pg_total_relation_size('passes')").Scan(&n); err != nil {
		return 0, postgresFailed(err)
	}
	return n, nil
}

// close ends the server at once, which it can bear, and removes its folder.
func (s *postgresPeer) close() error {
	if s.conn != nil {
		_ = s.conn.Close(context.Background()) // it is the server that ends
	}
	if s.server != nil {
		_ = s.server.Process.Signal(syscall.SIGQUIT) // it may have ended
		select {
		case <-s.ended:
		case <-time.After(time.Minute):
			_ = s.server.Process.Kill()
			<-s.ended
		}
	}
	return os.RemoveAll(s.dir)
}
