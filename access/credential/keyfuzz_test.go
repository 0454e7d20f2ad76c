package credential_test

import (
	"testing"

	"menshen"
	"menshen/access/credential"
)

// A key of codes that is read can be written, and is the same again.
func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"", "MSK1", "menshen-key-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := credential.ParseKey(menshen.Secret(s))
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%v", err)
			}
			return
		}
		text, err := k.Text()
		if err != nil {
			t.Fatalf("a key that was read cannot be written: %v", err)
		}
		if again, err := credential.ParseKey(text); err != nil || again.Credential != k.Credential || again.Site != k.Site {
			t.Errorf("%+v becomes %+v (%v)", k, again, err)
		}
	})
}
