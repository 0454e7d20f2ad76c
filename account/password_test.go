package account_test

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

// TestPasswordsAreKeptAsArgon2id: what is kept of a password is argon2id with parameters at least as dear as OWASP asks (46 MiB, one
// pass, one lane), each with a salt of its own, and it is that of the password.
func TestPasswordsAreKeptAsArgon2id(t *testing.T) {
	b, _ := MustBook(t)
	code, err := b.SetUpCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const password = "correct horse battery"
	first, _, _, err := b.SetUp(t.Context(), code, "li", "", password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	invited, invitation, err := b.Invite(t.Context(), "zhao", "", first.Roles)
	if err != nil {
		t.Fatal(err)
	}
	second, _, _, err := b.Accept(t.Context(), invitation, password, "a browser", "192.0.2.1")
	if err != nil || second.ID != invited.ID {
		t.Fatal(err)
	}
	salts := map[string]bool{}
	for _, kept := range []string{first.Password, second.Password} {
		var version, memory, passes, lanes uint32
		parts := strings.Split(kept, "$")
		if len(parts) != 6 || parts[1] != "argon2id" {
			t.Fatalf("kept as %q", kept)
		}
		if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil {
			t.Fatal(err)
		}
		if version != argon2.Version || memory < 46<<10 || passes < 1 || lanes < 1 {
			t.Errorf("version %d, %d KiB, %d passes, %d lanes", version, memory, passes, lanes)
		}
		salt, err := base64.RawStdEncoding.DecodeString(parts[4])
		if err != nil || len(salt) < 16 || salts[parts[4]] {
			t.Errorf("salt %q, %v", parts[4], err)
		}
		salts[parts[4]] = true
		key, err := base64.RawStdEncoding.DecodeString(parts[5])
		if err != nil || len(key) != 32 || subtle.ConstantTimeCompare(key, argon2.IDKey([]byte(password), salt, passes, memory, uint8(lanes), 32)) != 1 {
			t.Errorf("key %q, %v", parts[5], err)
		}
		if strings.Contains(kept, password) {
			t.Error("the password itself is kept")
		}
	}
}
