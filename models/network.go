package models

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// newClient gives a client that gives up on a silent host sooner than the default one. It reads the proxy from the
// environment.
func newClient() (client *http.Client, closeIdle func()) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   1,
		IdleConnTimeout:       10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	return &http.Client{Transport: t}, t.CloseIdleConnections
}

var (
	errStalled  = errors.New("no byte came for too long")
	errInsecure = errors.New("the server redirects to an address that is not https")
)

// temporary marks a failure after which trying again may help.
type temporary struct{ err error }

func (t *temporary) Error() string { return t.err.Error() }
func (t *temporary) Unwrap() error { return t.err }

func temporarily(err error) error { return &temporary{err} }

// hopeless says that trying the same address again cannot help: its certificate is wrong, it leads to an insecure
// place, or there is no connection to it at all.
func hopeless(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate) || errors.Is(err, errInsecure) || unconnected(err)
}

// unconnected says that no connection came about: no such host, nobody listening, no way there.
func unconnected(err error) bool {
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &dns) || errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// cause gives the reason why a context ended instead of the error that this led to.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return err
}

// jitter spreads waits over 50 … 100 %, so that many machines do not come back at once.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

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
