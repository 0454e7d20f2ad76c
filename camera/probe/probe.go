// Package probe asks an RTSP camera what it sends, and says in one line why that is not what is needed: FFmpeg only
// says "not opened". It owns the diagnosis; it receives no video. No native code.
package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"menshen"
	"menshen/camera/address"
)

const op = "camera.probe"

// Result is what a camera answered.
type Result struct {
	Codecs []string // of its video, e.g. "H264"; empty with Err
	Err    error    // why there is no video to be had; nil where there is some
	// Sure is set where no other client would get further: trying FFmpeg is of no use. Without it the camera may only
	// have a dialect that this package does not understand.
	Sure bool
}

// decodable are the codecs that Debian's FFmpeg decodes, as gortsplib names them.
var decodable = []string{"H264", "H265", "M-JPEG", "MPEG-4 Video", "MPEG-1/2 Video", "VP8", "VP9", "AV1", "MPEG-TS"}

// Decodable reports whether one of the codecs is known to be decodable.
func (r Result) Decodable() bool {
	return slices.ContainsFunc(r.Codecs, func(c string) bool { return slices.Contains(decodable, c) })
}

// Stream connects to a camera, asks for the description of its stream (DESCRIBE), and closes. It takes limit at most,
// and returns early when ctx is done. Certificates of cameras are not verified (they sign their own); FFmpeg does not
// do it either.
func Stream(ctx context.Context, a address.Address, limit time.Duration) Result {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	u, err := base.ParseURL(a.Reveal())
	if err != nil {
		return Result{Err: menshen.Errorf(menshen.CodeInvalid, op, "the address %s is no RTSP address", a), Sure: true}
	}
	outer := ctx
	var dial error
	c := gortsplib.Client{
		Scheme: u.Scheme, Host: u.Host, ReadTimeout: limit, WriteTimeout: limit, UserAgent: "menshen",
		//nolint:gosec // cameras sign their own certificates; the user is told in the documentation
		TLSConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			dial = err
			if err == nil {
				// The client sets no limit for the TLS handshake, so the connection itself gets one.
				context.AfterFunc(outer, func() { _ = conn.Close() })
			}
			return conn, err
		},
	}
	if err := c.Start2(); err != nil {
		return Result{Err: menshen.Errorf(menshen.CodeInternal, op, "the RTSP client cannot be started").WithCause(err)}
	}
	stop := context.AfterFunc(ctx, c.Close)
	desc, _, err := c.Describe(u)
	stop()
	c.Close() // waits for the client's goroutine, which sets dial
	if err != nil {
		if dial != nil {
			return Result{Err: dialError(a, dial), Sure: true}
		}
		return describeError(ctx, a, err)
	}
	return videoOf(a, desc)
}

func videoOf(a address.Address, desc *description.Session) Result {
	var codecs []string
	encrypted := false
	for _, m := range desc.Medias {
		if m.Type == description.MediaTypeVideo && !m.IsBackChannel {
			encrypted = encrypted || m.Secure && m.KeyMgmtMikey != nil
			for _, f := range m.Formats {
				codecs = append(codecs, f.Codec())
			}
		}
	}
	if len(codecs) == 0 {
		return Result{Err: menshen.Errorf(menshen.CodeInvalid, op, "the stream %s has no video", a).
			WithHint("check the path of the address: it leads to sound or data only; the camera's manual names the path of its video"), Sure: true}
	}
	if encrypted {
		// FFmpeg knows other SRTP, but not this: it reads the stream without a complaint and finds no picture in it.
		return Result{Err: menshen.Errorf(menshen.CodeInvalid, op, "the camera %s encrypts its packets (SRTP with MIKEY), which cannot be read", a).
			WithHint("switch SRTP off in the camera: RTSP over TLS alone encrypts too"), Sure: true}
	}
	return Result{Codecs: codecs}
}

// dialError says why there is no connection.
func dialError(a address.Address, err error) error {
	var dns *net.DNSError
	e := menshen.Errorf(menshen.CodeUnavailable, op, "the camera %s cannot be reached", a.Host()).WithCause(err).
		WithHint("check that it has power and network: ping %s", hostOnly(a))
	switch {
	case errors.As(err, &dns):
		e.Message = "the camera's host name " + hostOnly(a) + " is not known"
		e.Hint = "check the name, or write the camera's IP address"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message = "the camera " + a.Host() + " refuses connections"
		e.Hint = "check the port (RTSP is usually 554) and that RTSP is switched on in the camera"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		e.Message = "there is no way in the network to the camera " + a.Host()
		e.Hint = "check its address, and the network and routes of this machine"
	}
	return e
}

// describeError says what a camera that takes connections did not like, or that it is none.
func describeError(ctx context.Context, a address.Address, err error) Result {
	fail := func(code menshen.Code, sure bool, message, hint string) Result {
		return Result{Err: menshen.Errorf(code, op, "%s", message).WithHint("%s", hint).WithCause(err), Sure: sure}
	}
	var status liberrors.ErrClientBadStatusCode
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &status):
		switch status.Code {
		case base.StatusUnauthorized, base.StatusForbidden:
			return fail(menshen.CodeDenied, true, "the camera "+a.String()+" refuses the user name or the password",
				"correct them in the address, rtsp://user:password@…; some cameras have a separate user for RTSP or ONVIF, and lock it after wrong tries")
		case base.StatusNotFound:
			return fail(menshen.CodeNotFound, true, "the camera has no stream at "+a.String(),
				"check the path of the address in the camera's manual; or nothing is being published there yet")
		}
		return fail(menshen.CodeUnavailable, false, "the camera "+a.String()+" answers: "+status.Message,
			"look at the camera's own page; too many viewers at once are a usual cause")
	case errors.As(err, &liberrors.ErrClientAuthSetup{}):
		return fail(menshen.CodeDenied, false, "the camera "+a.String()+" asks for a user name and a password",
			"write them into the address, rtsp://user:password@…")
	case errors.As(err, &record):
		return fail(menshen.CodeInvalid, true, "the camera "+a.Host()+" does not speak RTSP over TLS",
			"write rtsp:// instead of rtsps://, or check the port")
	case ctx.Err() != nil || errors.As(err, &liberrors.ErrClientTCPTimeout{}) || errors.As(err, &liberrors.ErrClientRequestTimedOut{}) || timeout(err):
		if a.Secure() {
			return noTLS(a, err)
		}
		return fail(menshen.CodeUnavailable, false, a.Host()+" takes connections but does not answer as an RTSP camera does",
			"check the port (RTSP is usually 554); if it is right, restart the camera")
	case a.Secure() && errors.Is(err, io.EOF): // a server without TLS may hang up on a handshake, or wait for more
		return noTLS(a, err)
	case errors.As(err, &liberrors.ErrClientSDPInvalid{}):
		return fail(menshen.CodeInvalid, false, "the camera "+a.String()+" describes its stream in a way that cannot be read",
			"switch the camera's video to H.264, or use its second stream")
	}
	return fail(menshen.CodeInvalid, false, a.Host()+" does not speak RTSP",
		"check the port (RTSP is usually 554) and whether the address must begin with rtsps://")
}

func timeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func hostOnly(a address.Address) string {
	host, _, err := net.SplitHostPort(a.Host())
	if err != nil {
		return strings.TrimSpace(a.Host())
	}
	return host
}

func noTLS(a address.Address, err error) Result {
	return Result{Err: menshen.Errorf(menshen.CodeUnavailable, op, "%s takes connections but does not answer as an RTSP camera with TLS does", a.Host()).
		WithHint("write rtsp:// instead of rtsps:// if the camera has no TLS, or check the port (usually 322)").WithCause(err)}
}
