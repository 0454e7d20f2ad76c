package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"menshen"
)

// Exit codes are stable: scripts rely on them.
const (
	exitOK       = 0
	exitInternal = 1
	exitInvalid  = 2
)

// exitCodes lists every code with the number that a process ends with.
var exitCodes = []struct {
	code    menshen.Code
	exit    int
	meaning string
}{
	{menshen.CodeInternal, exitInternal, "a fault of Menshen's own"},
	{menshen.CodeInvalid, exitInvalid, "wrong arguments, configuration or input"},
	{menshen.CodeNotFound, 3, "no such person, file or thing"},
	{menshen.CodeUnavailable, 4, "a camera, port, network or running menshen does not answer"},
	{menshen.CodeMissing, 5, "something must be installed or fetched first"},
	{menshen.CodeExhausted, 6, "disk or memory is full"},
	{menshen.CodeCorrupt, 7, "stored data or a network is damaged"},
	{menshen.CodeConflict, 8, "clashes with what is there already"},
	{menshen.CodeDenied, 9, "not permitted"},
}

func exitCodeHelp() string {
	var b strings.Builder
	b.WriteString("0 done")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "\n  %d  %s", e.exit, e.meaning)
	}
	return b.String()
}

// report prints an error as people should read it, in their language, and gives the exit code.
func (a *app) report(w io.Writer, err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "menshen: "+a.text(menshen.Text{ZH: "已停止", EN: "stopped"}))
		return 130 // as a shell reports Ctrl-C
	}
	if r, ok := errors.AsType[relayed](err); ok {
		return r.code
	}
	e, ok := errors.AsType[*menshen.Error](err)
	if !ok {
		// Cobra's own errors (unknown command, wrong number of arguments) are already words for people.
		fmt.Fprintf(w, "menshen: %s\n", a.said(err.Error()))
		fmt.Fprintln(w, "→ "+a.said("see: "+cmp.Or(a.asked, "menshen")+" --help"))
		return exitInvalid
	}
	message, hint := menshen.ErrorMessage(err)
	fmt.Fprintf(w, "menshen: %s\n", a.said(message))
	if hint != "" {
		fmt.Fprintf(w, "→ %s\n", a.said(hint))
	}
	return exitCode(e.Code)
}

// relayed is the failure of the same command in another process, which has said what it was.
type relayed struct{ code int }

// Error implements error.
func (r relayed) Error() string { return fmt.Sprintf("exit code %d", r.code) }

func exitCode(code menshen.Code) int {
	for _, x := range exitCodes {
		if x.code == code {
			return x.exit
		}
	}
	return exitInternal
}

// codeOf is what an exit code of this program means.
func codeOf(exit int) menshen.Code {
	for _, x := range exitCodes {
		if x.exit == exit {
			return x.code
		}
	}
	return menshen.CodeInternal
}

func usageError(c *cobra.Command, err error) error {
	return menshen.Errorf(menshen.CodeInvalid, "cmd", "%v", err).WithHint("see: %s --help", c.CommandPath())
}
