// Package supervisor runs the child processes in which native code lives: it starts them, hands them their settings,
// watches their signs of life, kills those that hang, and starts them again. It knows nothing of cameras or faces.
//
// A child gets its settings as one JSON document on standard input, so that no secret stands in arguments or in the
// environment; the pipe then stays open, and its end tells the child that the parent is gone.
package supervisor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"menshen"
)

// Config is how one child is run.
type Config struct {
	Component string   // as in its reports, e.g. "camera-east-1"
	Path      string   // of the program
	Args      []string // without the program's name
	Env       []string // of the child; nil is the parent's
	Settings  any      // handed over as JSON on standard input; a Redactor where there are secrets in it

	Silence    time.Duration // a child whose last good report is older is killed; 5 s if 0
	StartLimit time.Duration // its first good report must come within; 20 s if 0: loading networks takes time on a busy machine
	MinBackoff time.Duration // wait before the first restart; 250 ms if 0
	MaxBackoff time.Duration // longest wait; 4 s if 0, so that a camera that is back is seen within seconds
	SlowCodes  []int         // exit codes that trying again soon does not help, and may harm: a refused password locks some cameras
	SlowWait   time.Duration // wait after one of those; 30 s if 0
	StopLimit  time.Duration // between asking to stop and killing; 3 s if 0
}

// Redactor is implemented by Settings that hold secrets: it gives a line that the child wrote without them. Libraries print
// what they are given, a camera's address with its password for one.
type Redactor interface {
	Redact(line string) string
}

// Child keeps one process running. Safe for concurrent use.
type Child struct {
	cfg Config
	log *slog.Logger
	now func() time.Time

	mu       sync.Mutex
	pid      int
	starts   int
	good     time.Time // last good report, or the start
	begins   bool      // a good report has come since the start
	last     menshen.Report
	downFrom time.Time // zero while it is well
	detail   string    // why it ended last
}

// New checks the configuration; Run starts the process.
func New(cfg Config, log *slog.Logger, now func() time.Time) (*Child, error) {
	if cfg.Component == "" || cfg.Path == "" {
		return nil, menshen.Errorf(menshen.CodeInternal, "supervisor.new", "a child needs a component name and a program")
	}
	setDefault(&cfg.Silence, 5*time.Second)
	setDefault(&cfg.StartLimit, 20*time.Second)
	setDefault(&cfg.MinBackoff, 250*time.Millisecond)
	setDefault(&cfg.MaxBackoff, 4*time.Second)
	setDefault(&cfg.SlowWait, 30*time.Second)
	setDefault(&cfg.StopLimit, 3*time.Second)
	return &Child{cfg: cfg, log: log.With("component", cfg.Component), now: now}, nil
}

func setDefault(d *time.Duration, v time.Duration) {
	if *d <= 0 {
		*d = v
	}
}

// Run keeps the process running until ctx ends or the process itself ends with exit code 0, which says that its work is
// done. It returns after the process has ended.
func (c *Child) Run(ctx context.Context) error {
	backoff := c.cfg.MinBackoff
	for {
		started := c.now()
		err := c.once(ctx)
		if ctx.Err() != nil || err == nil {
			c.ended(time.Time{}, "")
			return nil
		}
		if c.now().Sub(started) > time.Minute {
			backoff = c.cfg.MinBackoff
		}
		c.ended(c.now(), err.Error())
		base := backoff
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && slices.Contains(c.cfg.SlowCodes, exit.ExitCode()) {
			base = c.cfg.SlowWait
		}
		wait := base/2 + rand.N(base/2+1)
		c.log.Warn("child process ended, starting it again", "err", err, "wait", wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		backoff = min(2*backoff, c.cfg.MaxBackoff)
	}
}

// once runs the process to its end. A nil error says that it ended by itself with exit code 0.
func (c *Child) once(ctx context.Context) error {
	settings, err := json.Marshal(c.cfg.Settings)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	cmd := exec.Command(c.cfg.Path, c.cfg.Args...)
	cmd.Env = c.cfg.Env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C at the terminal is the parent's to handle
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return errors.Join(fmt.Errorf("pipe: %w", err), stdin.Close())
	}
	if err := cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("start: %w", err), stdin.Close())
	}
	c.begun(cmd.Process.Pid)
	var lines tail
	ended := make(chan error, 1)
	go func() {
		c.forward(stderr, &lines)
		ended <- cmd.Wait()
	}()
	_, _ = stdin.Write(append(settings, '\n')) // a child that died already is seen by Wait
	err = c.attend(ctx, cmd, stdin, ended)
	if err != nil && lines.String() != "" {
		err = fmt.Errorf("%w: %s", err, lines.String())
	}
	return err
}

// attend watches a running process until it has ended.
func (c *Child) attend(ctx context.Context, cmd *exec.Cmd, stdin io.Closer, ended <-chan error) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			_ = stdin.Close()
			_ = cmd.Process.Signal(syscall.SIGTERM)
			select {
			case err := <-ended:
				return err
			case <-time.After(c.cfg.StopLimit):
				_ = cmd.Process.Kill()
				return <-ended
			}
		case <-tick.C:
			if quiet, limit, why := c.quiet(); quiet > limit {
				_ = cmd.Process.Kill()
				<-ended
				return fmt.Errorf("killed after %v without a good sign of life (%s)", quiet.Round(time.Second), why)
			}
		}
	}
}

// forward hands the child's log lines on, without its secrets, and keeps the last for the condition.
func (c *Child) forward(r io.Reader, lines *tail) {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4096), 256<<10)
	redactor, secretive := c.cfg.Settings.(Redactor)
	for s.Scan() {
		line := s.Text()
		if secretive {
			line = redactor.Redact(line)
		}
		lines.add(line)
		level := slog.LevelDebug // libraries chat on standard error; our own warnings must be seen
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			level = slog.LevelWarn
		}
		c.log.Log(context.Background(), level, "child process wrote", "line", line)
	}
	_, _ = io.Copy(io.Discard, r) // a line too long ends the scan, not the child
}

func (c *Child) begun(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pid, c.good, c.begins = pid, c.now(), false
	c.starts++
	c.log.Info("child process started", "pid", pid, "starts", c.starts)
}

func (c *Child) ended(at time.Time, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pid = 0
	if why != "" {
		c.detail = why
	}
	if !at.IsZero() && c.downFrom.IsZero() {
		c.downFrom = at
	}
}

// quiet says for how long there was no good sign of life, how long there may be none, and what the last bad one said.
func (c *Child) quiet() (since, limit time.Duration, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	why, limit = "no report", c.cfg.Silence
	if !c.begins {
		limit = max(c.cfg.StartLimit, c.cfg.Silence)
	}
	if c.last.Message != "" {
		why = c.last.Message
	}
	return c.now().Sub(c.good), limit, why
}

// FigureStarting is the figure of a good report that is not 0 while the child only tries to begin: it is alive, and what
// was wrong with it before is wrong still.
const FigureStarting = "starting"

// Heard takes a report of this child. Reports of others are ignored.
func (c *Child) Heard(r menshen.Report) {
	if r.Component != c.cfg.Component {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = r
	if r.OK {
		c.good, c.begins = c.now(), true
		if r.Figures[FigureStarting] == 0 {
			c.downFrom = time.Time{}
		}
	} else if c.downFrom.IsZero() {
		c.downFrom = c.now()
	}
}

// Status is what is known of a child.
type Status struct {
	Component string
	PID       int // 0 while it does not run
	Starts    int
	OK        bool
	Since     time.Time // from when on it is not well; zero while it is
	Last      menshen.Report
	Detail    string // why the process ended last; "" if it never did
}

// Status gives the state now.
func (c *Child) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Status{
		Component: c.cfg.Component, PID: c.pid, Starts: c.starts, Since: c.downFrom, Last: c.last, Detail: c.detail,
	}
	s.OK = c.pid != 0 && c.last.OK && c.last.Figures[FigureStarting] == 0 && c.downFrom.IsZero()
	return s
}
