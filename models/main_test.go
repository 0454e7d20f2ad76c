package models_test

import (
	"bytes"
	"compress/bzip2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"menshen/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// content gives n bytes that are the same in every run.
func content(n int, seed uint64) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed)})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

// packed gives a packed file and its content.
func packed(tb testing.TB) (archive, plain []byte) {
	tb.Helper()
	archive = MustRead(tb, filepath.Join("testdata", "packed.bin.bz2"))
	plain, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(archive)))
	if err != nil {
		tb.Fatal(err)
	}
	return archive, plain
}

func sha(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func blobID(b []byte) string {
	s := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(b)), b...))
	return hex.EncodeToString(s[:])
}

// entry makes one entry of a manifest.
func entry(id, address string, b []byte, more string) string {
	addresses := ""
	if address != "" {
		addresses = "    addresses: [\"" + address + "\"]\n"
	}
	return fmt.Sprintf(`  - id: %s
    name: %s.bin
    what: {zh: 测试, en: test}
    used_by: [{engine: opencv, role: embedder}]
    origin: the test
%s    licence: none
    size: %d
    accept: [{sha256: %s}]
%s`, id, id, addresses, len(b), sha(b), more)
}

func MustParse(tb testing.TB, entries ...string) *models.Manifest {
	tb.Helper()
	text := "version: 1\nfiles:\n"
	for _, e := range entries {
		text += e
	}
	m, err := models.Parse([]byte(text))
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return m
}

func MustStore(tb testing.TB, m *models.Manifest, folder string) *models.Store {
	tb.Helper()
	s, err := models.NewStore(m, folder)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func MustWrite(tb testing.TB, p string, b []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(p, b, 0o644); err != nil {
		tb.Fatal(err)
	}
}

func MustRead(tb testing.TB, p string) []byte {
	tb.Helper()
	b, err := os.ReadFile(p)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// shared gives ../shared beside the repository. A machine without it skips the test loudly; in CI that is a failure.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	p := filepath.Join(dir, "..", "shared", name)
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs ../shared/%s", name)
		}
		tb.Skipf("SKIPPED: needs ../shared/%s", name)
	}
	return p
}
