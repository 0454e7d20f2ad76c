package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/config"
	"menshen/supervisor"
)

// link is how a child process reaches the hub's bus. It travels on the child's standard input only.
type link struct {
	URL  string
	Site string
	Seed string // of the nkey of this child's role

	Authority string // PEM: who alone may sign the certificate of the bus; "" where it speaks without TLS
}

// redact takes the seed out of a line.
func (l link) redact(line string) string {
	if l.Seed == "" {
		return line
	}
	return strings.ReplaceAll(line, l.Seed, menshen.Secret(l.Seed).String())
}

// childLogger logs to standard error, which the hub reads.
func (a *app) childLogger(component string) *slog.Logger {
	return a.logger(config.Log{Level: "info", Format: "text"}).With("component", component)
}

// newLink is what the server gives a child of a role.
func newLink(server *bus.Server, site string, role bus.Role) (link, error) {
	c, err := server.Credentials(role)
	return link{URL: c.URL, Site: site, Seed: c.Seed.Reveal(), Authority: string(c.Authority)}, err
}

// connect joins the bus in a role whose seed the link holds.
func (l link) connect(ctx context.Context, role bus.Role, log *slog.Logger) (*bus.Conn, error) {
	return bus.Connect(ctx, bus.ConnConfig{
		Site: l.Site, Log: log, Credentials: bus.Credentials{Role: role, URL: l.URL, Seed: menshen.Secret(l.Seed), Authority: []byte(l.Authority)},
	})
}

// yieldTo lowers the priority of this process by n steps of nice, so that recognition, which many cameras wait for, goes
// before the work of any one of them. Threads that begin later inherit it.
func yieldTo(n int) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return // it was a courtesy
	}
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, n) // the same
		}
	}
}

// childEndLimit is how long a child may take to end after its parent told it to, or died. Native code may hang for ever.
const childEndLimit = 2 * time.Second

// runChild runs work until the parent ends the child, and ends the process where work does not return.
//
// A signal from anybody else is no end of the work: the error makes the hub start the child again.
func runChild(signalled context.Context, stdin io.Reader, work func(ctx context.Context) error) error {
	ctx, cancel := supervisor.UntilParentEnds(signalled, stdin)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		err := work(ctx)
		if err == nil && signalled.Err() != nil {
			err = menshen.Errorf(menshen.CodeUnavailable, "cmd.child", "somebody told the process to end")
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(childEndLimit):
		os.Exit(exitInternal)
		return errors.New("unreachable")
	}
}
