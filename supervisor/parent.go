package supervisor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"

	"menshen"
)

// maxSettings bounds the settings document in bytes.
const maxSettings = 1 << 20

// ReadSettings reads the one line of JSON that the parent writes to a child's standard input, refusing unknown keys.
// The reader is for UntilParentEnds afterwards.
func ReadSettings(stdin io.Reader, into any) (*bufio.Reader, error) {
	const op = "supervisor.settings"
	r := bufio.NewReaderSize(stdin, maxSettings)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "no settings came on standard input").
			WithHint("this form of the command is started by menshen serve; see --help for what to run by hand").WithCause(err)
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the settings on standard input cannot be read").
			WithHint("start parent and child from the same build of menshen").WithCause(err)
	}
	return r, nil
}

// UntilParentEnds gives a context that ends with ctx or when the parent has closed the pipe, by dying too.
func UntilParentEnds(ctx context.Context, stdin io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	return ctx, cancel
}
