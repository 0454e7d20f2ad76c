package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"menshen"
)

// threadVariables keep native libraries to one thread. They read them when they are loaded, before main.
var threadVariables = []string{"OPENCV_FOR_THREADS_NUM=1", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"}

// endLimit is how long a measuring process may take to end after it was told to.
const endLimit = 2 * time.Second

// oneThread reports whether the native libraries of this process keep to one thread.
func (p Program) oneThread() bool {
	return !slices.ContainsFunc(threadVariables, func(v string) bool { return !slices.Contains(p.Environ, v) })
}

// again runs a benchmark of this program in a process whose native libraries keep to one thread, and decodes its report.
func (p Program) again(ctx context.Context, report any, benchmark string, flags ...string) error {
	program, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the path of this program cannot be found").WithCause(err)
	}
	cmd := exec.CommandContext(ctx, program, "bench", benchmark, "--format", "json")
	if _, err := os.Stat(p.ConfigPath); err == nil { // the default name need not be there
		cmd.Args = append(cmd.Args, "--config", p.ConfigPath)
	}
	cmd.Args = append(cmd.Args, flags...)
	var answer, complaint bytes.Buffer
	cmd.Env = append(slices.Clone(p.Environ), threadVariables...)
	cmd.Stdout, cmd.Stderr = &answer, &complaint
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGTERM) }
	cmd.WaitDelay = endLimit
	err = cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = json.Unmarshal(answer.Bytes(), report)
	}
	if err != nil {
		return p.relayed(err, complaint.String())
	}
	return nil
}

// relayed makes an error of what a process of this program said and of its exit code.
func (p Program) relayed(err error, said string) error {
	e := menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the measuring process failed").WithCause(err)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		e.Code = p.Code(exit.ExitCode())
	}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if message, ok := strings.CutPrefix(line, "menshen: "); ok {
			e.Message = message
		} else if hint, ok := strings.CutPrefix(line, "→ "); ok {
			e.Hint = hint
		}
	}
	return e
}
