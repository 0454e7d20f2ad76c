package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// With a certificate for the name by which others reach it, the commands on the machine itself work as before.
func TestCommandsOverTLS(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 20, days: 0}")
	writeCertificate(t, c.dir, "menshen.example")
	for key, file := range map[string]string{"MENSHEN_WEB_TLS_CERT": "cert.pem", "MENSHEN_WEB_TLS_KEY": "key.pem"} {
		t.Setenv(key, file)
	}
	t.Setenv("MENSHEN_WEB_LISTEN", "0.0.0.0:0")
	c.serve()
	if out := c.must("people", "list"); !strings.Contains(out, "active") {
		t.Errorf("people list says %q", out)
	}
	note, err := os.ReadFile(filepath.Join(c.dir, "data/simulated/running.json"))
	if err != nil {
		t.Fatal(err)
	}
	var running struct{ URL, Key string }
	if err := json.Unmarshal(note, &running); err != nil || !strings.HasPrefix(running.URL, "https://") || len(running.Key) != 64 {
		t.Errorf("running.json holds %s, %v", note, err)
	}
}

func writeCertificate(t *testing.T, dir, name string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
