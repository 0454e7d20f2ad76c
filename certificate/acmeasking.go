package certificate

import (
	"context"
	"crypto/tls"
	"errors"
	"net/url"
	"time"

	"menshen"
)

const (
	// The authority is asked again after so long where it could not be reached, and where it refused: Let's Encrypt bears five
	// refusals an hour. Both double up to their longest.
	unreachedWait, unreachedLongest = time.Second, time.Minute
	refusedWait, refusedLongest     = time.Minute, 15 * time.Minute
	// lookEvery is how often it is looked whether there is a renewed one.
	lookEvery = time.Minute
	// answerWithin is how long the authority may take before that is a condition.
	answerWithin = 30 * time.Second
)

// errEnded is of a certificate whose renewal did not come in time.
var errEnded = errors.New("the last certificate ended and was not renewed")

// Run asks for certificates until ctx ends, one domain after the other, for as long as there is none. What the authority was asked
// last may go on for five minutes after that: nothing waits for it.
func (a *ACME) Run(ctx context.Context) error {
	due, wait := map[string]time.Time{}, map[string]time.Duration{}
	ticker := time.NewTicker(unreachedWait)
	defer ticker.Stop()
	for {
		for _, name := range a.cfg.Domains {
			if time.Now().Before(due[name]) {
				continue
			}
			err := a.ask(ctx, a.domains[name])
			if ctx.Err() != nil {
				return nil
			}
			var unreached *url.Error
			switch {
			case err == nil:
				wait[name] = 0
				due[name] = time.Now().Add(lookEvery)
				continue
			case errors.As(err, &unreached):
				wait[name] = min(max(unreachedWait, 2*wait[name]), unreachedLongest)
			default:
				wait[name] = min(max(refusedWait, 2*wait[name]), refusedLongest)
			}
			due[name] = time.Now().Add(wait[name])
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// ask has the manager get a certificate, or give the one that it has.
func (a *ACME) ask(ctx context.Context, d *domain) error {
	d.mu.Lock()
	manager := d.manager
	d.asked = time.Now()
	d.mu.Unlock()
	type answer struct {
		cert *tls.Certificate
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // the manager knows no context
		cert, err := manager.GetCertificate(&tls.ClientHelloInfo{ServerName: d.name, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}})
		answers <- answer{cert, err}
	}()
	var got answer
	select {
	case <-ctx.Done():
		return ctx.Err()
	case got = <-answers:
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = time.Time{}
	if got.err == nil {
		if d.cert = got.cert; !good(d.cert, time.Now()) {
			got.err = errEnded
		}
	}
	if got.err != nil {
		d.manager = a.newManager() // the old one would give the same answer for a minute, or for half an hour what ended
	}
	switch {
	case got.err == nil:
		d.failing, d.detail = time.Time{}, ""
		return nil
	case d.failing.IsZero():
		d.failing = time.Now()
	}
	d.detail = got.err.Error()
	return got.err
}

// Conditions gives the domains that have no certificate of the authority, and those whose renewal is overdue.
func (a *ACME) Conditions(now time.Time) (all []menshen.Condition) {
	for _, name := range a.cfg.Domains {
		d := a.domains[name]
		d.mu.Lock()
		cert, asked, failing, detail := d.cert, d.asked, d.failing, d.detail
		d.mu.Unlock()
		switch {
		case !failing.IsZero():
		case cert != nil && !good(cert, now):
			failing, detail = cert.Leaf.NotAfter, errEnded.Error()
		case !asked.IsZero() && now.Sub(asked) > answerWithin:
			failing, detail = asked, "no answer yet"
		}
		switch {
		case good(cert, now):
			if overdue := cert.Leaf.NotAfter.Add(cert.Leaf.NotBefore.Sub(cert.Leaf.NotAfter) / 6); now.After(overdue) { // it is renewed from a third on
				all = append(all, menshen.Condition{
					ID: "acme-renewal-late:" + name, Severity: menshen.SeverityWarning, Since: overdue, Detail: cert.Leaf.NotAfter.Format(time.RFC3339),
					Meaning: menshen.Text{ZH: "域名 " + name + " 的证书即将到期，ACME 机构没有给出新证书", EN: "the certificate of " + name + " ends soon, and the ACME authority gave no new one"},
					Action:  acmeAction,
				})
			}
		case !failing.IsZero():
			all = append(all, menshen.Condition{
				ID: "acme-failing:" + name, Severity: menshen.SeverityCritical, Since: failing, Detail: detail,
				Meaning: menshen.Text{
					ZH: "ACME 机构没有给出域名 " + name + " 的证书：暂用本小区的证书，未信任小区证书机构的浏览器会警告，曾经由该域名访问过的会拒绝",
					EN: "the ACME authority gives no certificate for " + name + ": the site's own is used meanwhile, of which browsers that do not trust the site's authority warn, or which they refuse where they came by the domain before",
				},
				Action: acmeAction,
			})
		}
	}
	return all
}

var acmeAction = menshen.Text{
	ZH: "检查主机能否访问 web.acme.directory，域名是否指向本机，其 443 端口是否通到 web.listen；恢复后自动换用，不必重启",
	EN: "check that the hub reaches web.acme.directory, that the domain leads to it, and its port 443 to web.listen; the certificate is used without a restart once it is given",
}
