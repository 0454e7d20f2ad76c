package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"net"
	"slices"
	"sync"
	"time"

	"menshen"
)

const (
	// Lifetime is how long a certificate of a listener is good. It is renewed when a third of that is left.
	Lifetime = 30 * 24 * time.Hour
	// clockSlack is how far behind the clock of a tablet may be.
	clockSlack = time.Hour
	// maxLocal is how many addresses of this machine are added to what was configured.
	maxLocal = 64
)

// Issued is the certificate of the listeners of one process: made when it is first asked for, signed anew before it ends and when
// somebody comes in by an address of this machine that is not in it. Its key lives as long as the process, in memory alone. Safe for
// concurrent use.
type Issued struct {
	authority *Authority
	now       func() time.Time
	key       crypto.Signer

	mu    sync.Mutex
	hosts []string
	cert  *tls.Certificate
}

// NewIssued gives a certificate for hosts, names and addresses. now is time.Now but in tests. CodeInvalid for a host that the
// authority may not sign for.
func NewIssued(a *Authority, hosts []string, now func() time.Time) (*Issued, error) {
	const op = "certificate.issue"
	for _, h := range hosts {
		if !a.Allows(h) {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "the site's certificate authority is not for %q", h).
				WithHint("make a new one that is, and give it to tablets and posts: menshen certificate renew")
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	i := &Issued{authority: a, now: now, key: key, hosts: slices.Clone(hosts)}
	_, err = i.Certificate("")
	return i, err
}

// GetCertificate is for tls.Config.
func (i *Issued) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	local := ""
	if hello != nil && hello.Conn != nil {
		if a, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			local = a.IP.String()
		}
	}
	return i.Certificate(local)
}

// Certificate gives the certificate that is good now. local is an address of this machine by which somebody came in, "" for none.
func (i *Issued) Certificate(local string) (*tls.Certificate, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	fresh := i.cert != nil && !now.Before(i.cert.Leaf.NotBefore) && i.cert.Leaf.NotAfter.Sub(now) > Lifetime/3
	known := local == "" || i.cert != nil && i.cert.Leaf.VerifyHostname(local) == nil
	if !known && i.authority.Allows(local) && len(i.hosts) < maxLocal {
		i.hosts, fresh = append(i.hosts, local), false
	}
	if fresh {
		return i.cert, nil
	}
	cert, err := i.sign(now)
	if err != nil {
		return nil, err
	}
	i.cert = cert
	return cert, nil
}

func (i *Issued) sign(now time.Time) (*tls.Certificate, error) {
	names, addresses := split(i.hosts)
	end := now.Add(Lifetime)
	if last := i.authority.cert.NotAfter; end.After(last) {
		end = last
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Menshen"}, NotBefore: now.Add(-clockSlack), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names, IPAddresses: addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, i.authority.cert, i.key.Public(), i.authority.key)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "certificate.issue", "a certificate cannot be made").WithCause(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "certificate.issue", "a certificate cannot be made").WithCause(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, i.authority.cert.Raw}, PrivateKey: i.key, Leaf: leaf}, nil
}

// KeyHash gives the SHA-256 of the public key (SubjectPublicKeyInfo) in lower-case hex. It stays the same when the certificate is
// renewed.
func (i *Issued) KeyHash() string {
	der, err := x509.MarshalPKIXPublicKey(i.key.Public())
	if err != nil { // cannot be: the key was made here
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Config is for listeners: TLS 1.2 and newer.
func (i *Issued) Config() *tls.Config {
	return &tls.Config{GetCertificate: i.GetCertificate, MinVersion: tls.VersionTLS12}
}
