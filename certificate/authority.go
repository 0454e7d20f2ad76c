package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"menshen"
)

// The files of an authority in a data folder. Backups have neither: who has the key can pass for the site.
const (
	AuthorityFile = "ca.pem"
	KeyFile       = "ca.key"
)

// authorityYears is how long an authority is good: tablets are set up by hand, so it outlives them.
const authorityYears = 10

// Authority signs certificates for the listeners of one data folder. Safe for concurrent use.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// EnsureAuthority gives the authority of a data folder, and makes it where there is none. site names it; hosts are the names and
// addresses by which the site is reached, and so what a new authority may sign for besides private networks. CodeCorrupt for files
// that do not belong together, CodeInvalid for a key that others may read.
func EnsureAuthority(folder, site string, hosts []string, now time.Time) (*Authority, error) {
	a, err := ReadAuthority(folder)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return newAuthority(folder, site, hosts, now)
	}
	return a, err
}

// ReadAuthority gives the authority that is there. CodeNotFound for none.
func ReadAuthority(folder string) (*Authority, error) {
	const op = "certificate.authority"
	keyPath := filepath.Join(folder, KeyFile)
	info, err := os.Stat(keyPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no certificate authority in %s", folder).
			WithHint("start Menshen once with a listener that other machines reach; it makes one")
	}
	if err != nil {
		return nil, unreadable(keyPath, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "others may read %s", keyPath).WithHint("chmod 600 it; if somebody may have read it, make a new authority: menshen certificate renew")
	}
	keyText, err := os.ReadFile(keyPath)
	if err != nil {
		return nil, unreadable(keyPath, err)
	}
	certPath := filepath.Join(folder, AuthorityFile)
	certText, err := os.ReadFile(certPath)
	if err != nil {
		return nil, unreadable(certPath, err)
	}
	cert, err := ParseAuthority(certText)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(keyText)
	if block == nil {
		return nil, torn(folder, nil)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, torn(folder, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, torn(folder, nil)
	}
	return &Authority{cert, key}, nil
}

// ParseAuthority reads the certificate of an authority from PEM.
func ParseAuthority(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, notOne(nil)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !cert.IsCA {
		return nil, notOne(err)
	}
	return cert, nil
}

func notOne(cause error) error {
	return menshen.Errorf(menshen.CodeCorrupt, "certificate.authority", "the file holds no certificate of an authority").
		WithHint("export it anew on the hub: menshen certificate export").WithCause(cause)
}

func torn(folder string, cause error) error {
	return menshen.Errorf(menshen.CodeCorrupt, "certificate.authority", "%s and %s in %s do not belong together", AuthorityFile, KeyFile, folder).
		WithHint("put both files of the same time back, or make a new authority: menshen certificate renew").WithCause(cause)
}

func unreadable(path string, cause error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "certificate.authority", "%s cannot be read or written", path).
		WithHint("check the disk and the file's permissions").WithCause(cause)
}

// RenewAuthority puts a new authority in the place of the one that is there. Whoever trusted the old one must be given the new one.
func RenewAuthority(folder, site string, hosts []string, now time.Time) (*Authority, error) {
	for _, name := range []string{KeyFile, AuthorityFile} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unreadable(filepath.Join(folder, name), err)
		}
	}
	return newAuthority(folder, site, hosts, now)
}

func newAuthority(folder, site string, hosts []string, now time.Time) (*Authority, error) {
	const op = "certificate.authority"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	names, addresses := permitted(hosts)
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "Menshen " + site + " " + now.UTC().Format("2006-01-02")},
		NotBefore:    now.Add(-clockSlack), NotAfter: now.AddDate(authorityYears, 0, 0),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names, PermittedIPRanges: addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a certificate cannot be made").WithCause(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "a certificate cannot be made").WithCause(err)
	}
	// The certificate first: without its key there is no authority, so a half is made anew.
	for _, f := range []struct {
		name string
		text []byte
	}{
		{AuthorityFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})},
		{KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})},
	} {
		path := filepath.Join(folder, f.name)
		if err := write(path, f.text); err != nil {
			return nil, unreadable(path, err)
		}
	}
	return &Authority{cert, key}, nil
}

func write(path string, text []byte) error {
	next := path + ".next"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, path)
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[0] &= 0x7f // positive
	b[0] |= 0x40 // and never shorter
	return new(big.Int).SetBytes(b)
}

// Certificate is that of the authority itself.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// PEM is the certificate for whoever is to trust it: tablets, posts, readers.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// Fingerprint gives the SHA-256 of a certificate as tablets and browsers show it: AB:CD:….
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(parts, ":")
}
