package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// connectCode says how a code of ours is told to a Connect client.
func connectCode(c menshen.Code) connect.Code {
	switch c {
	case menshen.CodeInvalid:
		return connect.CodeInvalidArgument
	case menshen.CodeNotFound:
		return connect.CodeNotFound
	case menshen.CodeConflict:
		return connect.CodeAlreadyExists
	case menshen.CodeDenied:
		return connect.CodePermissionDenied
	case menshen.CodeUnavailable:
		return connect.CodeUnavailable
	case menshen.CodeMissing:
		return connect.CodeFailedPrecondition
	case menshen.CodeExhausted:
		return connect.CodeResourceExhausted
	case menshen.CodeCorrupt:
		return connect.CodeDataLoss
	}
	return connect.CodeInternal
}

// newError makes the Connect error with its ErrorDetail.
func newError(cc connect.Code, code menshen.Code, message, hint string) *connect.Error {
	ce := connect.NewError(cc, errors.New(message))
	if d, err := connect.NewErrorDetail(&menshenv1.ErrorDetail{Code: string(code), Hint: hint}); err == nil {
		ce.AddDetail(d)
	}
	return ce
}

// toConnect gives what a client may read of an error. Text of causes and of errors that are not ours stays here.
func toConnect(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*connect.Error](err); ok {
		return err
	}
	// Only the caller's own context is meant: a cancelled context of some inner part is a failure like any other.
	if cause := ctx.Err(); cause != nil && errors.Is(err, cause) {
		if errors.Is(cause, context.DeadlineExceeded) {
			return newError(connect.CodeDeadlineExceeded, menshen.CodeUnavailable, "the answer took longer than the caller waits", "ask for less, or wait longer")
		}
		return connect.NewError(connect.CodeCanceled, errors.New("the caller went away"))
	}
	code := menshen.ErrorCode(err)
	message, hint := menshen.ErrorMessage(err)
	if ours(code) {
		hint = "look for request " + requestID(ctx) + " in the log of menshen serve"
	}
	return newError(connectCode(code), code, message, hint)
}

// ours reports whether a failure is not the caller's, so that the log has the cause and the caller gets its number.
func ours(c menshen.Code) bool { return c == menshen.CodeInternal || c == menshen.CodeCorrupt }

// errorInterceptor translates and logs the errors of all procedures.
type errorInterceptor struct {
	log     *slog.Logger
	chinese func(text string) string // nil for none
}

func (i errorInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		res, err := next(ctx, req)
		if err != nil {
			return nil, i.translate(ctx, req.Spec().Procedure, err)
		}
		return res, nil
	}
}

func (i errorInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		if err := next(ctx, conn); err != nil {
			return i.translate(ctx, conn.Spec().Procedure, err)
		}
		return nil
	}
}

func (i errorInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i errorInterceptor) translate(ctx context.Context, procedure string, err error) error {
	level, code := slog.LevelDebug, menshen.ErrorCode(err)
	if _, ok := errors.AsType[*connect.Error](err); !ok && ctx.Err() == nil {
		switch code {
		case menshen.CodeInternal, menshen.CodeCorrupt, menshen.CodeExhausted, menshen.CodeMissing:
			level = slog.LevelError
		case menshen.CodeUnavailable:
			level = slog.LevelWarn
		}
	}
	i.log.LogAttrs(ctx, level, "request failed", slog.String("request", requestID(ctx)), slog.String("procedure", procedure),
		slog.String("code", string(code)), slog.Any("err", err))
	return inChinese(i.chinese, toConnect(ctx, err))
}

// inChinese adds what an error says in Chinese; chinese may be nil.
func inChinese(chinese func(text string) string, err error) error {
	ce, ok := errors.AsType[*connect.Error](err)
	if !ok || chinese == nil {
		return err
	}
	words := &menshenv1.ErrorChinese{Message: chinese(ce.Message())}
	for _, d := range ce.Details() {
		if v, err := d.Value(); err == nil {
			if detail, ok := v.(*menshenv1.ErrorDetail); ok && detail.GetHint() != "" {
				words.Hint = chinese(detail.GetHint())
			}
		}
	}
	if d, err := connect.NewErrorDetail(words); err == nil {
		ce.AddDetail(d)
	}
	return ce
}

// panicked logs a panic and gives the error for it, which says nothing about it.
func panicked(ctx context.Context, log *slog.Logger, what string, value any) error {
	log.ErrorContext(ctx, "request panicked", "request", requestID(ctx), "procedure", what, "panic", value, "stack", string(debug.Stack()))
	return menshen.Errorf(menshen.CodeInternal, "web.serve", "an internal error occurred")
}

// errorWriter answers outside of Connect's handlers, in the form that the caller's protocol asks for.
type errorWriter struct {
	*connect.ErrorWriter

	chinese func(text string) string // nil for none
}

func writeError(ew errorWriter, w http.ResponseWriter, r *http.Request, err error) {
	_ = ew.Write(w, r, inChinese(ew.chinese, err)) // the caller is gone then
}

func tooLarge(limit int64) error {
	return newError(connect.CodeResourceExhausted, menshen.CodeExhausted, "the request is too large",
		fmt.Sprintf("send at most %d MB at once", limit>>20))
}
