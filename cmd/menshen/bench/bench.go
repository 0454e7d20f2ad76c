// Package bench measures how fast Menshen is on this machine. It owns what is measured and how; flags, tables and exit
// codes are those of the command menshen bench, which prints the Report of each.
//
// A benchmark is one file with its options, its function and its report; what only it needs stands in files beside it:
//
//	stages.go    Stages: time of each stage for one frame, face or search, on one thread; stages in frames.go, search.go
//	pipeline.go  Pipeline: menshen serve with cameras; theatre.go plays to them, truth.go says who is in the clip, score.go
//	             compares passes with it, load.go reads what it cost
//	gallery.go   Gallery: searches, inserts and removals among templates; crowd.go computes these and scans them plainly,
//	             peer.go has FAISS do the same (faiss/faiss.cpp), gallerypage.go prints
//	access.go    Access: decisions over a registry in memory; township.go computes it
//	ingest.go    Ingest: passes from decision to receipt; ingestpassers.go has people pass, ingestwatch.go times them,
//	             ingestsqlite.go is SQLite alone, ingestpage.go prints
//	start.go     Start: until menshen serve answers, with a pass log of a size
//	soak.go      Soak: menshen serve with cameras for long, and what each process takes
//
// They share figures.go (percentiles), machine.go (what it was measured on), process.go (processors and memory used),
// stopwatch.go (many short measurements), again.go (the same command in a process of one thread), clip.go (the video to
// work on) and site.go (menshen serve in a temporary folder).
package bench

import (
	"context"
	"io"
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
	// Way opens a hub's way of passes in a folder; receipted hears which passes have left the outbox.
	Way  func(ctx context.Context, folder string, site menshen.Site, receipted func(map[string][]uint64)) (Way, error)
	Code func(exit int) menshen.Code // what an exit code of this program means
}

// Engine is a recognition engine whose networks are verified and not loaded yet.
type Engine struct {
	ID       menshen.EngineID
	Open     func() (recognizer.Engine, error) // on one thread; the caller closes it
	Detector func() (path string, err error)   // of the network that cameras search frames with, whatever the engine
}

// Report is what a benchmark found. It is encoded as JSON as it is.
type Report interface {
	Page() Page
}

// Page is a report for people to read: a table and the text around it.
type Page struct {
	Head string
	Rows [][]string // cells, with a header where the columns need one
	Foot string     // may be empty
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
