// Package bench measures how fast Menshen is on this machine. It owns what is measured and how; flags, tables and exit
// codes are those of the command menshen bench, which prints the Report of each.
//
// A benchmark is one file with its options, its function and its report:
//
//	stages.go    Stages: time of each stage for one frame, face or search, on one thread; stages in frames.go, search.go
//	pipeline.go  Pipeline: menshen serve with cameras; theatre.go plays to them, truth.go says who is in the clip, score.go
//	             compares passes with it, load.go reads what it cost
//
// They share figures.go (percentiles), machine.go (what it was measured on), process.go (processors and memory used),
// stopwatch.go (many short measurements), again.go (the same command in a process of one thread) and site.go (menshen
// serve in a temporary folder).
package bench

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"menshen"
	"menshen/config"
	"menshen/recognizer"
	"menshen/web/client"
)

// Program is what benchmarks need of the program that they are part of. All of it must be set.
type Program struct {
	Version    string
	Environ    []string  // for the processes that are started
	ConfigPath string    // the configuration that the user names; the file may be missing
	Progress   io.Writer // told in words what takes long

	Config     func() (config.Config, error)                        // loads that configuration
	Engine     func(context.Context, config.Config) (Engine, error) // verifies the networks of the engine in it
	Connect    func(data string) (*client.Client, error)            // to the menshen serve that runs with a data folder
	Photograph func(path string) ([]byte, error)                    // reads one within the limits of enrolment
	Disk       func(op, path string, cause error) *menshen.Error    // why a folder cannot be used
	Code       func(exit int) menshen.Code                          // what an exit code of this program means
}

// Engine is a recognition engine whose networks are verified and not loaded yet.
type Engine struct {
	ID       menshen.EngineID
	Open     func() (recognizer.Engine, error) // on one thread; the caller closes it
	Detector func() (path string, err error)   // of the network that cameras search frames with, whatever the engine
}

// Options are what benchmarks that work on a clip have in common.
type Options struct {
	Clip   string // H.264 video of people who walk up to a camera
	Engine string // opencv or dlib; the configuration's if empty
}

// Report is what a benchmark found. It is encoded as JSON as it is.
type Report interface {
	Page() Page
}

// Page is a report for people to read: a table, its first row a header or the first figure, and the text around it.
type Page struct {
	Head string
	Rows [][]string
	Foot string // may be empty
}

func (o Options) check() error {
	const op = "cmd.bench"
	if o.Engine != "" && o.Engine != "opencv" && o.Engine != "dlib" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--engine: %q is not known", o.Engine).WithHint("use opencv or dlib")
	}
	if info, err := os.Stat(o.Clip); err != nil || !info.Mode().IsRegular() {
		return menshen.Errorf(menshen.CodeMissing, op, "there is no video %s to measure with", o.Clip).
			WithHint("give one with --clip: H.264, 1280×720, of people who walk up to the camera").WithCause(err)
	}
	return nil
}

// engine loads the configuration, for its networks alone, and verifies those of the engine that was asked for.
func (p Program) engine(ctx context.Context, o Options) (config.Config, Engine, error) {
	cfg, err := p.Config()
	if err != nil {
		return cfg, Engine{}, err
	}
	cfg.Engine.Name = cmp.Or(o.Engine, cfg.Engine.Name)
	engine, err := p.Engine(ctx, cfg)
	return cfg, engine, err
}

// absolute gives a path that holds whatever folder a child process runs in.
func absolute(path string) (string, error) {
	p, err := filepath.Abs(path)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the working folder cannot be found").WithCause(err)
	}
	return p, nil
}

// sleep waits, or gives the error of a context that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
