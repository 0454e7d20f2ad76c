package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"syscall"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

const op = "client.call"

// translate gives the error as the hub made it, or says what is the matter with the connection.
func (c caller) translate(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, io.EOF) && !isConnect(err) {
		return err
	}
	if cause := ctx.Err(); cause != nil && errors.Is(cause, context.Canceled) {
		return cause
	}
	ce, ok := errors.AsType[*connect.Error](err)
	if !ok {
		return c.unreachable(err)
	}
	for _, d := range ce.Details() {
		v, err := d.Value()
		if err != nil {
			continue
		}
		if detail, ok := v.(*menshenv1.ErrorDetail); ok {
			return &menshen.Error{Code: codeOf(detail.Code), Op: op, Message: ce.Message(), Hint: detail.Hint, Err: ce}
		}
	}
	if code := fromConnect(ce.Code()); code != "" && connect.IsWireError(err) {
		return &menshen.Error{Code: code, Op: op, Message: ce.Message(), Err: ce}
	}
	return c.unreachable(err)
}

func isConnect(err error) bool {
	_, ok := errors.AsType[*connect.Error](err)
	return ok
}

// unreachable is for answers that are not the hub's, and for none at all.
func (c caller) unreachable(err error) error {
	fail := func(format string, hint string) error {
		return menshen.Errorf(menshen.CodeUnavailable, op, format, c.base).WithHint("%s", hint).WithCause(err)
	}
	if errors.Is(err, errOtherKey) {
		return fail("another program than the running Menshen answers at %s", "stop that program, and start menshen serve again")
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fail("the certificate of Menshen at %s is not trusted", "name its CA's file in SSL_CERT_FILE, and use the host name of the certificate")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fail("the certificate of Menshen at %s is not trusted", "name its CA's file in SSL_CERT_FILE")
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return fail("what answers at %s does not speak TLS", "use http:// for a hub without web.tls_cert")
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fail("Menshen is not running at %s", "start it with: menshen serve")
	case errors.Is(err, context.DeadlineExceeded) || connect.CodeOf(err) == connect.CodeDeadlineExceeded:
		return fail("Menshen at %s did not answer in time", "ask for less, or try again")
	case connect.IsWireError(err):
		return fail("what answers at %s is not this Menshen", "compare the address with web.listen, and the versions of both ends")
	}
	return fail("the connection to Menshen at %s failed", "see that menshen serve is running, and try again")
}

// codeOf reads a code of ours; one of a newer hub is taken for its fault.
func codeOf(s string) menshen.Code {
	switch c := menshen.Code(s); c {
	case menshen.CodeInvalid, menshen.CodeNotFound, menshen.CodeConflict, menshen.CodeDenied, menshen.CodeUnavailable,
		menshen.CodeMissing, menshen.CodeExhausted, menshen.CodeCorrupt:
		return c
	}
	return menshen.CodeInternal
}

// fromConnect is for errors that Connect made before the hub's own code had the call, such as a message too large. ""
// is for codes that tell of the connection or of something else than a hub.
func fromConnect(c connect.Code) menshen.Code {
	switch c {
	case connect.CodeUnknown, connect.CodeUnimplemented, connect.CodeUnavailable, connect.CodeDeadlineExceeded:
		return ""
	case connect.CodeInvalidArgument, connect.CodeOutOfRange:
		return menshen.CodeInvalid
	case connect.CodeNotFound:
		return menshen.CodeNotFound
	case connect.CodeUnauthenticated, connect.CodePermissionDenied:
		return menshen.CodeDenied
	case connect.CodeResourceExhausted:
		return menshen.CodeExhausted
	}
	return menshen.CodeInternal
}
