package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// MustCertificate makes a certificate for loopback and gives its files and a pool that trusts it.
func MustCertificate(tb testing.TB) (cert, key string, roots *x509.CertPool) {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	must(err)
	dir := tb.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	parsed, err := x509.ParseCertificate(der)
	must(err)
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return cert, key, roots
}

// Over TLS the same server speaks HTTP/2, where limits of bodies and of writes must not end a stream that lives.
func TestTLS(t *testing.T) {
	cert, key, roots := MustCertificate(t)
	s := MustServe(t, newHouse(), web.Config{TLSCert: cert, TLSKey: key, SignOfLife: time.Millisecond, ReadLimit: 50 * time.Millisecond})
	if !strings.HasPrefix(s.url, "https://127.0.0.1:") {
		t.Fatalf("address %s", s.url)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport}

	res, err := hc.Get(s.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %v", res.Proto, res.Header)
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req := connect.NewRequest(&menshenv1.WatchPassesRequest{})
	req.Header().Set("Authorization", "Bearer "+s.token.Reveal())
	stream, err := menshenv1connect.NewPassServiceClient(hc, s.url).WatchPasses(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for range 100 {
		if !stream.Receive() {
			t.Fatal(stream.Err())
		}
	}
	s.feed.Publish(mustPass(9, "p-1"))
	for stream.Msg().Pass == nil {
		if !stream.Receive() {
			t.Fatal(stream.Err())
		}
	}
	if v := stream.Msg().Pass; v.PersonName != "王芳" {
		t.Errorf("pass %v", v)
	}
}
