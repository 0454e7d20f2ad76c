package door

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1" // the digest of WS-Security's username token, by its standard
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/reach"
)

// maxAnswer bounds an answer of a device in bytes.
const maxAnswer = 512 << 10

// soap asks a device over SOAP 1.2 with the digest of WS-Security (UsernameToken Profile 1.0), and with that of HTTP
// (RFC 7616) where the device asks for it. It follows no redirect and uses no proxy. Safe for concurrent use.
type soap struct {
	cfg       ONVIFConfig
	base      *url.URL
	transport *http.Transport
	client    *http.Client

	mu     sync.Mutex
	offset time.Duration // of the device's clock before ours
	digest *challenge    // the device asks for HTTP digests; nil for not
}

func newSOAP(cfg ONVIFConfig) (*soap, error) {
	base, err := url.Parse(cfg.URL)
	if err != nil { // cannot be: checkAddress has read it
		return nil, menshen.Errorf(menshen.CodeInvalid, "door.onvif", "the address of the door's relay is malformed")
	}
	t := &http.Transport{DialContext: reach.NewDialer(nil, cfg.URL).DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	return &soap{cfg: cfg, base: base, transport: t, client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func (s *soap) close() { s.transport.CloseIdleConnections() }

// synchronise asks for the device's clock, without a user as the specification demands: digests are made for its time.
func (s *soap) synchronise(ctx context.Context) error {
	var answer struct {
		UTC *struct {
			Hour   int `xml:"Time>Hour"`
			Minute int `xml:"Time>Minute"`
			Second int `xml:"Time>Second"`
			Year   int `xml:"Date>Year"`
			Month  int `xml:"Date>Month"`
			Day    int `xml:"Date>Day"`
		} `xml:"SystemDateAndTime>UTCDateTime"`
	}
	if err := s.post(ctx, "", s.envelope("", "<GetSystemDateAndTime xmlns=\""+nsDevice+"\"/>"), "GetSystemDateAndTime", &answer); err != nil {
		return err
	}
	offset := time.Duration(0)
	if t := answer.UTC; t != nil && t.Year > 2000 {
		offset = time.Date(t.Year, time.Month(t.Month), t.Day, t.Hour, t.Minute, t.Second, 0, time.UTC).Sub(s.cfg.Clock())
	}
	s.mu.Lock()
	s.offset = offset
	s.mu.Unlock()
	return nil
}

// call asks one operation; body is XML within its element, answer takes the element of the response, or is nil.
func (s *soap) call(ctx context.Context, path, namespace, operation, body string, answer any) error {
	return s.post(ctx, path, s.envelope(s.security(), "<"+operation+` xmlns="`+namespace+`">`+body+"</"+operation+">"), operation, answer)
}

func (s *soap) envelope(header, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>` + header +
		`</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

const (
	nsSecext  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsUtility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	digested  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
	encoded64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)

// security gives the header that says who asks: Base64(SHA-1(nonce + created + password)), section 3.1 of the profile.
func (s *soap) security() string {
	if s.cfg.User == "" {
		return ""
	}
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	s.mu.Lock()
	created := s.cfg.Clock().Add(s.offset).UTC().Format("2006-01-02T15:04:05.000Z")
	s.mu.Unlock()
	sum := sha1.Sum([]byte(string(nonce) + created + s.cfg.Password.Reveal()))
	b64 := base64.StdEncoding.EncodeToString
	return `<wsse:Security s:mustUnderstand="1" xmlns:wsse="` + nsSecext + `" xmlns:wsu="` + nsUtility + `"><wsse:UsernameToken><wsse:Username>` +
		escapeXML(s.cfg.User) + `</wsse:Username><wsse:Password Type="` + digested + `">` + b64(sum[:]) + `</wsse:Password><wsse:Nonce EncodingType="` +
		encoded64 + `">` + b64(nonce) + `</wsse:Nonce><wsu:Created>` + created + `</wsu:Created></wsse:UsernameToken></wsse:Security>`
}

// post sends an envelope, a second time where the device asks for an HTTP digest.
func (s *soap) post(ctx context.Context, path, envelope, operation string, answer any) error {
	for try := 0; ; try++ {
		status, header, data, err := s.once(ctx, path, envelope)
		if err != nil {
			return err
		}
		if status == http.StatusUnauthorized && try == 0 && s.cfg.User != "" {
			if c := parseChallenge(header.Values("WWW-Authenticate")); c != nil {
				s.mu.Lock()
				s.digest = c
				s.mu.Unlock()
				continue
			}
		}
		return s.judge(status, data, operation, answer)
	}
}

func (s *soap) once(ctx context.Context, path, envelope string) (int, http.Header, []byte, error) {
	to := *s.base
	if path != "" {
		to.Path, to.RawPath, to.RawQuery = path, "", ""
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(envelope))
	if err != nil {
		return 0, nil, nil, withoutAddress(err)
	}
	req.Header.Set("Content-Type", "application/soap+xml; charset=utf-8")
	s.mu.Lock()
	if s.digest != nil {
		req.Header.Set("Authorization", s.digest.answer(http.MethodPost, to.RequestURI(), s.cfg.User, s.cfg.Password))
	}
	s.mu.Unlock()
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, nil, withoutAddress(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = errors.New("the answer is too long")
	}
	return resp.StatusCode, resp.Header, data, err
}

// soapAnswer is an envelope with what its body holds.
type soapAnswer struct {
	Body struct {
		Fault *struct {
			Code    string `xml:"Code>Value"`
			Subcode string `xml:"Code>Subcode>Value"`
			Reason  string `xml:"Reason>Text"`
		} `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// judge reads the answer of a device. Of what it says nothing but the code of a fault is taken over.
func (s *soap) judge(status int, data []byte, operation string, answer any) error {
	const op = "door.onvif"
	// No entity is ever expanded by encoding/xml; a document type is refused all the same.
	var env soapAnswer
	err := errors.New("it has a document type")
	if upper := bytes.ToUpper(data); !bytes.Contains(upper, []byte("<!DOCTYPE")) && !bytes.Contains(upper, []byte("<!ENTITY")) {
		err = xml.Unmarshal(data, &env)
	}
	switch {
	case err == nil && env.Body.Fault != nil:
		f := env.Body.Fault
		code := f.Subcode
		if code == "" {
			code = f.Code
		}
		e := menshen.Errorf(menshen.CodeUnavailable, op, "the door's device refused %s (%.80q)", operation, code)
		if strings.Contains(code, "NotAuthorized") || strings.Contains(code, "FailedAuthentication") || status == http.StatusUnauthorized {
			return e.WithHint("check user name and password, and the user's rights in the device")
		}
		return e.WithHint("see the device's own page for the cause")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door's device refused %s (%.80q)", operation, http.StatusText(status)).
			WithHint("check user name and password, and the user's rights in the device")
	case status >= 300 && status < 400:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door's device refused %s (%.80q)", operation, http.StatusText(status)).
			WithHint("redirects are not followed: configure the address that the relay really answers at")
	case status/100 != 2 || err != nil:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door's device did not answer %s in ONVIF", operation).
			WithHint("check the address: it usually ends in /onvif/device_service").WithCause(err)
	case answer == nil:
		return nil
	}
	if err := xml.Unmarshal(data, &within{into: answer, name: operation + "Response"}); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door's device did not answer %s in ONVIF", operation).
			WithHint("check the address: it usually ends in /onvif/device_service").WithCause(err)
	}
	return nil
}

// within reads one element anywhere in a document into something.
type within struct {
	into any
	name string
}

// UnmarshalXML looks for the element. It implements xml.Unmarshaler.
func (w *within) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	found := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if found {
				return nil
			}
			return errors.New("there is no " + w.name)
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == w.name && !found {
			if err := d.DecodeElement(w.into, &start); err != nil {
				return err
			}
			found = true
		}
	}
}

// pathOf gives the path of an address that a device says. A path is all that is believed.
func pathOf(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !strings.HasPrefix(u.Path, "/") || len(u.Path) > 1024 {
		return "", menshen.Errorf(menshen.CodeUnavailable, "door.onvif", "the door's device gives no usable address of its door control").
			WithHint("see the device's own page for the cause")
	}
	return u.Path, nil
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
