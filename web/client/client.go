// Package client is the other end of the hub's API: typed clients that carry the token and give errors back as
// *menshen.Error, with the code, message and hint that the hub gave. The command line uses it. It owns no commands and
// prints nothing.
package client

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// Client has the services of one hub. Errors of its calls are *menshen.Error, but for a cancelled context, whose error
// is given as it is. Safe for concurrent use.
type Client struct {
	Site        menshenv1connect.SiteServiceClient
	Passes      menshenv1connect.PassServiceClient
	People      menshenv1connect.PersonServiceClient
	Tracing     menshenv1connect.TracingServiceClient
	Calibration menshenv1connect.CalibrationServiceClient
	Cameras     menshenv1connect.CameraServiceClient
	Templates   menshenv1connect.TemplateServiceClient
	Registry    menshenv1connect.RegistryServiceClient
	Permits     menshenv1connect.PermitServiceClient
	Credentials menshenv1connect.CredentialServiceClient
	Enrolment   menshenv1connect.EnrolmentServiceClient
	Consents    menshenv1connect.ConsentServiceClient
	Health      menshenv1connect.HealthServiceClient
	Forms       menshenv1connect.FormServiceClient
	Visits      menshenv1connect.VisitServiceClient
	Gates       menshenv1connect.GateServiceClient
	Guard       menshenv1connect.GuardServiceClient
	Console     menshenv1connect.ConsoleServiceClient
	Policy      menshenv1connect.PolicyServiceClient
	Cases       menshenv1connect.CaseServiceClient
	Judging     menshenv1connect.TracingPolicyServiceClient
	Accounts    menshenv1connect.AccountServiceClient
	Statistics  menshenv1connect.StatisticsServiceClient
	Plans       menshenv1connect.SitePlanServiceClient
	Operation   menshenv1connect.OperationServiceClient
	Audit       menshenv1connect.AuditServiceClient

	transport *http.Transport
	http      *http.Client
	base      string
	token     web.Token
}

// New makes a client for the hub at a base URL such as http://127.0.0.1:8080. It connects at the first call only.
// CodeInvalid for anything else than https, or http to this machine: a token must not cross a network in clear.
//
// keyHash is what web.Server.KeyHash gives on this machine: the server must have that key, and its certificate may then be
// of any name and issuer. With "" the certificate must be one that this machine trusts, for the host of the URL.
func New(baseURL string, token web.Token, keyHash string) (*Client, error) {
	base, err := checkURL(baseURL)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 proxy,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	if keyHash != "" {
		transport.TLSClientConfig = pinned(keyHash)
	}
	hc := &http.Client{
		Transport: transport,
		// The hub never redirects; whoever does is not to be followed with a token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	opts := connect.WithInterceptors(caller{base, token})
	return &Client{
		Accounts:    menshenv1connect.NewAccountServiceClient(hc, base, opts),
		Operation:   menshenv1connect.NewOperationServiceClient(hc, base, opts),
		Audit:       menshenv1connect.NewAuditServiceClient(hc, base, opts),
		Site:        menshenv1connect.NewSiteServiceClient(hc, base, opts),
		Passes:      menshenv1connect.NewPassServiceClient(hc, base, opts),
		People:      menshenv1connect.NewPersonServiceClient(hc, base, opts),
		Calibration: menshenv1connect.NewCalibrationServiceClient(hc, base, opts),
		Cameras:     menshenv1connect.NewCameraServiceClient(hc, base, opts),
		Templates:   menshenv1connect.NewTemplateServiceClient(hc, base, opts),
		Tracing:     menshenv1connect.NewTracingServiceClient(hc, base, opts),
		Registry:    menshenv1connect.NewRegistryServiceClient(hc, base, opts),
		Permits:     menshenv1connect.NewPermitServiceClient(hc, base, opts),
		Credentials: menshenv1connect.NewCredentialServiceClient(hc, base, opts),
		Enrolment:   menshenv1connect.NewEnrolmentServiceClient(hc, base, opts),
		Consents:    menshenv1connect.NewConsentServiceClient(hc, base, opts),
		Health:      menshenv1connect.NewHealthServiceClient(hc, base, opts),
		Forms:       menshenv1connect.NewFormServiceClient(hc, base, opts),
		Visits:      menshenv1connect.NewVisitServiceClient(hc, base, opts),
		Gates:       menshenv1connect.NewGateServiceClient(hc, base, opts),
		Guard:       menshenv1connect.NewGuardServiceClient(hc, base, opts),
		Console:     menshenv1connect.NewConsoleServiceClient(hc, base, opts),
		Policy:      menshenv1connect.NewPolicyServiceClient(hc, base, opts),
		Cases:       menshenv1connect.NewCaseServiceClient(hc, base, opts),
		Judging:     menshenv1connect.NewTracingPolicyServiceClient(hc, base, opts),
		Statistics:  menshenv1connect.NewStatisticsServiceClient(hc, base, opts),
		Plans:       menshenv1connect.NewSitePlanServiceClient(hc, base, opts),
		transport:   transport,
		http:        hc, base: base, token: token,
	}, nil
}

// Metrics gives the hub's figures in Prometheus' text format.
func (c *Client) Metrics(ctx context.Context) (string, error) {
	const op = "client.metrics"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/metrics", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	res, err := c.http.Do(req)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeUnavailable, op, "the hub does not answer").WithHint("see whether it runs: menshen status").WithCause(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return "", menshen.Errorf(menshen.CodeUnavailable, op, "the hub gives no figures: %s", res.Status).WithHint("use the operator's token").WithCause(err)
	}
	return string(text), nil
}

// errOtherKey says that somebody else answers where the hub should.
var errOtherKey = errors.New("the server has another key")

// pinned trusts one key instead of a chain of certificates.
func pinned(keyHash string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(s tls.ConnectionState) error {
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(keyHash)) != 1 {
				return errOtherKey
			}
			return nil
		},
	}
}

// Close closes the connections that no call is using.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

func checkURL(s string) (string, error) {
	bad := func(message string) error {
		return menshen.Errorf(menshen.CodeInvalid, "client.new", "%s", message).
			WithHint("write it like http://%s, or https://… for another machine", web.DefaultListen)
	}
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", bad("the address of Menshen is not usable")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	case u.Scheme == "http":
		return "", bad("http would carry the token to " + u.Host + " in clear")
	default:
		return "", bad("the address of Menshen begins with neither http:// nor https://")
	}
	return u.String(), nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// proxy leaves calls to this machine alone whatever the environment says.
func proxy(r *http.Request) (*url.URL, error) {
	if loopback(r.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}

// caller sends the token and translates the errors.
type caller struct {
	base  string
	token web.Token
}

func (c caller) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		c.sign(req.Header())
		res, err := next(ctx, req)
		if err != nil {
			return nil, c.translate(ctx, err)
		}
		return res, nil
	}
}

func (c caller) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		c.sign(conn.RequestHeader())
		return &stream{StreamingClientConn: conn, ctx: ctx, caller: c}
	}
}

func (c caller) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

func (c caller) sign(h http.Header) { h.Set("Authorization", "Bearer "+c.token.Reveal()) }

// stream translates the errors of a stream. The end of a stream stays io.EOF.
type stream struct {
	connect.StreamingClientConn
	ctx    context.Context
	caller caller
}

func (s *stream) Send(m any) error { return s.caller.translate(s.ctx, s.StreamingClientConn.Send(m)) }
func (s *stream) Receive(m any) error {
	return s.caller.translate(s.ctx, s.StreamingClientConn.Receive(m))
}
