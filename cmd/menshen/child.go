package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
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
}

// childLogger logs to standard error, which the hub reads.
func (a *app) childLogger(component string) *slog.Logger {
	return a.logger(config.Log{Level: "info", Format: "text"}).With("component", component)
}

// connect joins the bus as the role whose seed it was given.
func (l link) connect(ctx context.Context, name string, log *slog.Logger) (*bus.Conn, error) {
	return bus.Connect(ctx, bus.ConnConfig{URL: l.URL, Site: l.Site, Name: name, Seed: menshen.Secret(l.Seed)}, log)
}

// childEndLimit is how long a child may take to end after its parent told it to, or died. Native code may hang for ever.
const childEndLimit = 2 * time.Second

// runChild runs work until the parent ends the child, and ends the process where work does not return.
func runChild(ctx context.Context, stdin *stdinReader, work func(ctx context.Context) error) error {
	ctx, cancel := supervisor.UntilParentEnds(ctx, stdin)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
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
