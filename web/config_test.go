package web_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/web"
)

func TestConfigValidate(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  web.Config
		word string // "" is valid
	}{
		{"defaults", web.Config{}, ""},
		{"localhost", web.Config{Listen: "localhost:9000"}, ""},
		{"IPv6 loopback", web.Config{Listen: "[::1]:9000"}, ""},
		{"127/8", web.Config{Listen: "127.9.9.9:9000"}, ""},
		{"TLS anywhere", web.Config{Listen: ":8443", TLSCert: "c.pem", TLSKey: "k.pem"}, ""},
		{"every address in clear", web.Config{Listen: ":8080"}, "web.listen"},
		{"zero address in clear", web.Config{Listen: "0.0.0.0:8080"}, "web.tls_cert"},
		{"other address in clear", web.Config{Listen: "192.168.1.2:8080"}, "web.listen"},
		{"name in clear", web.Config{Listen: "menshen.example:8080"}, "web.listen"},
		{"no port", web.Config{Listen: "127.0.0.1"}, "web.listen"},
		{"port too high", web.Config{Listen: "127.0.0.1:70000"}, "web.listen"},
		{"named port", web.Config{Listen: "127.0.0.1:http"}, "web.listen"},
		{"certificate without key", web.Config{TLSCert: "c.pem"}, "web.tls_key"},
		{"negative", web.Config{SignOfLife: -time.Second}, "web.sign_of_life"},
		{"too long", web.Config{WriteLimit: 2 * time.Hour}, "web.write_limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.cfg.Validate()
			if c.word != "" {
				wantError(t, err, menshen.CodeInvalid, c.word)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	d := deps(newHouse(), web.NewToken(), io.Discard)

	_, err = web.New(d, web.Config{Listen: taken.Addr().String()})
	wantError(t, err, menshen.CodeUnavailable, taken.Addr().String())
	wantError(t, err, menshen.CodeUnavailable, "web.listen")

	_, err = web.New(d, web.Config{Listen: ":0"})
	wantError(t, err, menshen.CodeInvalid, "web.listen")

	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = web.New(d, web.Config{Listen: "127.0.0.1:0", TLSCert: junk, TLSKey: junk})
	wantError(t, err, menshen.CodeInvalid, "web.tls_cert")

	d.Auditor = nil
	_, err = web.New(d, web.Config{Listen: "127.0.0.1:0"})
	wantError(t, err, menshen.CodeInternal, "Auditor")
}

func TestCloseWithoutRun(t *testing.T) {
	s, err := web.New(deps(newHouse(), web.NewToken(), io.Discard), web.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	addr := s.Addr().String()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("the listener was not closed: %v", err)
	}
	l.Close()
}
