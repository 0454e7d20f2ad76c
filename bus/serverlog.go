package bus

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// serverLog hands what the NATS server has to say to slog. It remembers a fatal message instead of ending the program, as
// the server's own logger would.
type serverLog struct {
	log *slog.Logger

	mu    sync.Mutex
	fatal error
}

func newServerLog(log *slog.Logger) *serverLog { return &serverLog{log: log.With("part", "nats")} }

// Fatal gives what kept the server from starting, nil if nothing did.
func (l *serverLog) Fatal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

func (l *serverLog) Fatalf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.mu.Lock()
	if l.fatal == nil {
		l.fatal = errors.New(text)
	}
	l.mu.Unlock()
	l.log.Error("message of the bus server", "text", text)
}

func (l *serverLog) Errorf(format string, v ...any) {
	l.log.Error("message of the bus server", "text", fmt.Sprintf(format, v...))
}

func (l *serverLog) Warnf(format string, v ...any) {
	if strings.HasPrefix(format, "Maximum payloads over") {
		return // photographs are that large, and nobody can do anything about it
	}
	l.log.Warn("message of the bus server", "text", fmt.Sprintf(format, v...))
}

// Noticef goes to debug: each start says two dozen things.
func (l *serverLog) Noticef(format string, v ...any) {
	l.log.Debug("message of the bus server", "text", fmt.Sprintf(format, v...))
}

func (l *serverLog) Debugf(format string, v ...any) {
	l.log.Debug("message of the bus server", "text", fmt.Sprintf(format, v...))
}

func (l *serverLog) Tracef(format string, v ...any) {
	l.log.Debug("message of the bus server", "text", fmt.Sprintf(format, v...))
}
