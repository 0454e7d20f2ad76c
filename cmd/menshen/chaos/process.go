package chaos

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/config"
	menshenv1 "menshen/proto/menshen/v1"
)

// process is hub or post: one program that is started again and again.
type process struct {
	world  *world
	name   string
	args   []string
	folder string // of its data
	bus    string // its address
	gates  map[string]bool
	ahead  atomic.Int64 // of the clock of its gates, nanoseconds

	mu      sync.Mutex
	cmd     *exec.Cmd
	done    chan struct{} // closed when it has ended
	life    int           // in the ledger
	living  context.Context
	die     context.CancelFunc
	witness *witness
	watched bool
	starts  int
}

// begin starts the program and does not wait for it.
func (p *process) begin() error {
	log, err := os.OpenFile(filepath.Join(p.world.folder, p.name+".log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := exec.Command(p.world.binary, append(slices.Clone(p.args), "--config", filepath.Join(p.world.folder, "menshen.yaml"))...) //nolint:noctx // it outlives any context: it is killed
	// What overrides a real site's configuration must not reach into this one.
	cmd.Env = slices.DeleteFunc(slices.Clone(p.world.program.Environ), func(v string) bool { return strings.HasPrefix(v, config.Prefix) })
	cmd.Env = append(cmd.Env, "MENSHEN_TEST_CLOCK="+p.clock())
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own: a Ctrl-C at the terminal ends the test, which ends this process.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.chaos", "%s cannot be started", p.name).WithHint("see the logs in %s", p.world.folder).WithCause(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	p.cmd, p.done, p.life, p.starts = cmd, done, p.world.ledger.Begin(p.name), p.starts+1
	p.living, p.die = context.WithCancel(context.Background())
	if p.watched {
		p.witness = newWitness(p.world.ledger, filepath.Join(p.folder, "gate.db"), p.gates)
	}
	return nil
}

// start starts the program and waits until it answers.
func (p *process) start(ctx context.Context) error {
	if err := p.begin(); err != nil {
		return err
	}
	return p.ready(ctx)
}

// watch has the outbox read from now on.
func (p *process) watch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watched = true
	p.witness = newWitness(p.world.ledger, filepath.Join(p.folder, "gate.db"), p.gates)
}

// unwatch has the outbox not read any more in this life.
func (p *process) unwatch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.witness != nil {
		p.witness.stop()
		p.witness = nil
	}
}

// lookAway has the outbox not read until it is watched again: one that lost its end, or is a copy, counts from where it is until the
// program has found out how far its gates had counted, and gives out no number before.
func (p *process) lookAway() {
	p.unwatch()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watched = false
}

// ready waits until the program answers; it fails where it has ended.
func (p *process) ready(ctx context.Context) error {
	err := p.world.eventually(ctx, p.name+" answers", func() bool { return p.ended() || p.answers(ctx) })
	if err == nil && p.ended() {
		return p.failure()
	}
	return err
}

// failure says that the program ended, and what it said last.
func (p *process) failure() error {
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.chaos", "%s ended by itself: %s", p.name, p.said()).WithHint("see the logs in %s", p.world.folder)
}

// said gives the last two lines that the program said.
func (p *process) said() string {
	b, err := os.ReadFile(filepath.Join(p.world.folder, p.name+".log"))
	if err != nil {
		return "nothing"
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-2):], " ")
}

// answers asks the program's API.
func (p *process) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	api, err := p.world.program.Connect(p.folder)
	if err != nil {
		return false
	}
	defer api.Close()
	_, err = api.Site.GetSite(ctx, connect.NewRequest(&menshenv1.GetSiteRequest{}))
	return err == nil
}

// status gives what the program says of itself.
func (p *process) status(ctx context.Context) (*menshenv1.GetStatusResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	api, err := p.world.program.Connect(p.folder)
	if err != nil {
		return nil, err
	}
	defer api.Close()
	res, err := api.Site.GetStatus(ctx, connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		return nil, err
	}
	return res.Msg, nil
}

// has reports whether a condition is in force, by the beginning of its id.
func (p *process) has(ctx context.Context, id string) bool {
	s, err := p.status(ctx)
	return err == nil && slices.ContainsFunc(s.GetConditions(), conditionIs(id))
}

// conditionIs finds a condition by the beginning of its id.
func conditionIs(id string) func(*menshenv1.Condition) bool {
	return func(c *menshenv1.Condition) bool { return strings.HasPrefix(c.GetId(), id) }
}

// pid gives the number of the process that runs, 0 for none.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// ended reports whether the program does not run.
func (p *process) ended() bool {
	p.mu.Lock()
	done := p.done
	p.mu.Unlock()
	if done == nil {
		return true
	}
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// now gives the life that runs, and a context that ends with it.
func (p *process) now() (life int, living context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.life, p.living
}

// kill ends the program with SIGKILL. Its children are not killed with it: they see the end of their pipe, and end.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // fails only where it has ended
	<-p.done
	p.over(true)
}

// stop ends the program in good order; whoever takes too long is killed.
func (p *process) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	killed := false
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		killed = true
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
	}
	p.over(killed)
}

// over puts down that a life has ended. The caller holds the lock.
func (p *process) over(killed bool) {
	if p.witness != nil {
		p.witness.stop()
		p.witness = nil
	}
	p.die()
	p.cmd = nil
	_ = p.world.ledger.End(p.life, killed) // what cannot be written is in memory
	_ = os.Remove(filepath.Join(p.folder, "running.json"))
}

// exit gives the exit code of a program that was started to end by itself, and what it said.
func (w *world) exit(ctx context.Context, args ...string) (code int, said string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.binary, append(args, "--config", filepath.Join(w.folder, "menshen.yaml"))...)
	cmd.Env = append(slices.DeleteFunc(slices.Clone(w.program.Environ), func(v string) bool { return strings.HasPrefix(v, config.Prefix) }), "LANG=en_GB.UTF-8")
	out, err := cmd.CombinedOutput()
	exit, ended := errors.AsType[*exec.ExitError](err)
	if ended {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		return -1, err.Error()
	}
	return 0, string(out)
}
