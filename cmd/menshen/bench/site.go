package bench

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/config"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web/client"
)

// site is menshen serve in a process of its own, in a temporary folder, with a gate for every camera.
type site struct {
	*client.Client

	cmd    *exec.Cmd
	folder string
	log    *syncBuffer
	done   chan struct{} // closed when the process has ended
}

const (
	siteReady = 5 * time.Minute  // until the hub answers, and until all cameras give pictures
	siteEnd   = 20 * time.Second // until the hub has ended
)

// configuration is the menshen.yaml of a benchmark: everything by default but what must be.
func configuration(cfg config.Config, models string, sources []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `data: data
log: {level: warn}
site:
  id: bench
  name: {zh: 测试, en: Bench}
  zones: [{id: compound, kind: compound, name: {zh: 院内, en: Compound}}]
  gates:
`)
	for i := range sources {
		fmt.Fprintf(&b, "    - {id: gate-%d, from: outside, to: compound, name: {zh: %d号门, en: Gate %d}}\n", i+1, i+1, i+1)
	}
	fmt.Fprintf(&b, "cameras:\n")
	for i, s := range sources {
		fmt.Fprintf(&b, "  - {id: camera-%d, gate: gate-%d, source: %q}\n", i+1, i+1, s)
	}
	e := cfg.Engine
	fmt.Fprintf(&b, "engine: {name: %s, models: %q, recognizers: %d, networks: %d, evaluation: true, known: %g, unsure: %g}\n",
		e.Name, models, e.Recognizers, e.Networks, e.Known, e.Unsure)
	// Shorter than the clip, so that everybody passes again when it starts anew.
	fmt.Fprintf(&b, "access: {cooldown: 5s, min_agreeing: %d}\n", cfg.Access.MinAgreeing)
	fmt.Fprintf(&b, "bus: {listen: \"127.0.0.1:0\"}\nweb: {listen: \"127.0.0.1:0\"}\n")
	return b.String()
}

// startSite starts the hub in a new folder and waits until it answers. Close it.
func (p Program) startSite(ctx context.Context, cfg config.Config, sources []string) (*site, error) {
	s, err := p.newSite(cfg, sources)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx, p); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	return s, nil
}

// newSite makes the folder of a hub.
func (p Program) newSite(cfg config.Config, sources []string) (*site, error) {
	const op = "cmd.bench"
	models, err := absolute(cfg.ModelsFolder())
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, p.Disk(op, os.TempDir(), err)
	}
	if err := os.WriteFile(filepath.Join(folder, "menshen.yaml"), []byte(configuration(cfg, models, sources)), 0o600); err != nil {
		return nil, errors.Join(p.Disk(op, folder, err), os.RemoveAll(folder))
	}
	return &site{folder: folder}, nil
}

// start starts the hub in its folder and waits until it answers. End it.
func (s *site) start(ctx context.Context, p Program) error {
	const op = "cmd.bench"
	program, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "the path of this program cannot be found").WithCause(err)
	}
	s.log, s.done, s.Client = &syncBuffer{}, make(chan struct{}), nil
	s.cmd = exec.CommandContext(context.WithoutCancel(ctx), program, "serve", "--config", filepath.Join(s.folder, "menshen.yaml")) // end ends it, in order
	// What overrides a real site's configuration must not reach into this one.
	s.cmd.Env = slices.DeleteFunc(slices.Clone(p.Environ), func(v string) bool { return strings.HasPrefix(v, config.Prefix) })
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	// A group of its own, so that Ctrl-C reaches this process alone, which then ends the hub in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "menshen serve cannot be started").WithCause(err)
	}
	go func(cmd *exec.Cmd, done chan struct{}) {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}(s.cmd, s.done)
	if err := s.connect(ctx, func() (*client.Client, error) { return p.Connect(filepath.Join(s.folder, "data")) }); err != nil {
		s.end(syscall.SIGTERM)
		return err
	}
	return nil
}

// connect waits until the hub has said where it is, and until it answers there.
func (s *site) connect(ctx context.Context, dial func() (*client.Client, error)) error {
	for end := time.Now().Add(siteReady); ; {
		if s.Client == nil {
			cl, err := dial()
			switch menshen.ErrorCode(err) {
			case "":
				s.Client = cl
			case menshen.CodeUnavailable, menshen.CodeCorrupt: // it has not said so yet, or is about to
			default:
				return err
			}
		}
		if s.Client != nil {
			_, err := s.Site.GetSite(ctx, connect.NewRequest(&menshenv1.GetSiteRequest{}))
			if err == nil || ctx.Err() != nil {
				return err
			}
		}
		if err := s.wait(ctx, end, "menshen serve does not answer"); err != nil {
			return err
		}
	}
}

// wait pauses between two attempts; it fails at the end of patience and where the hub has ended.
func (s *site) wait(ctx context.Context, end time.Time, what string) error {
	select {
	case <-s.done:
		return s.failure("menshen serve ended early")
	default:
	}
	if time.Now().After(end) {
		return s.failure(what)
	}
	return sleep(ctx, 100*time.Millisecond)
}

// failure makes an error with what the hub said last.
func (s *site) failure(what string) error {
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "%s: %s", what, cmp.Or(lines[len(lines)-1], "it said nothing")).
		WithHint("see what is missing with: menshen doctor")
}

// watching waits until every camera gives pictures at full rate.
func (s *site) watching(ctx context.Context) error {
	for end := time.Now().Add(siteReady); ; {
		res, err := s.Site.GetStatus(ctx, connect.NewRequest(&menshenv1.GetStatusRequest{}))
		if err != nil {
			return err
		}
		ready := len(res.Msg.GetCameras()) > 0
		for _, c := range res.Msg.GetCameras() {
			ready = ready && c.GetOk() && c.GetFigures()["fps"] > 0
		}
		if ready {
			return nil
		}
		if err := s.wait(ctx, end, "not all cameras give pictures"); err != nil {
			return err
		}
	}
}

// enrol enrols the people of a clip who are to be known.
func (s *site) enrol(ctx context.Context, people []actor, faces string, read func(path string) ([]byte, error)) error {
	for i, p := range people {
		if !p.enrolled {
			continue
		}
		photos, err := p.photographs(faces, read)
		if err != nil {
			return err
		}
		home, err := p.dwelling(i)
		if err != nil {
			return err
		}
		req := &menshenv1.EnrollRequest{Name: p.name, Dwelling: home.String(), Consent: &menshenv1.EnrolmentConsent{Signer: p.name}}
		for _, photo := range photos {
			req.Photos = append(req.Photos, &menshenv1.Photo{Name: photo.Name, Data: photo.Data})
		}
		// A recognizer may still be loading its networks.
		var res *connect.Response[menshenv1.EnrollResponse]
		for end := time.Now().Add(siteReady); ; {
			if res, err = s.People.Enroll(ctx, connect.NewRequest(req)); menshen.ErrorCode(err) != menshen.CodeUnavailable {
				break
			}
			if waiting := s.wait(ctx, end, "nobody can be enrolled"); waiting != nil {
				return errors.Join(waiting, err)
			}
		}
		if err != nil {
			return err
		}
		if res.Msg.GetPerson() == "" {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "no photograph of %s can be used to enrol", p.name).
				WithHint("put clear photographs of one face each into %s", filepath.Join(faces, p.name))
		}
	}
	return nil
}

// close ends the hub and removes its folder.
func (s *site) close() error {
	s.end(syscall.SIGTERM)
	return os.RemoveAll(s.folder)
}

// end ends the hub by a signal.
func (s *site) end(signal syscall.Signal) {
	if s.Client != nil {
		s.Client.Close()
	}
	_ = s.cmd.Process.Signal(signal) // fails only where it has ended
	select {
	case <-s.done:
	case <-time.After(siteEnd):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// syncBuffer keeps what a process says, while others may read it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String gives all that was said.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
