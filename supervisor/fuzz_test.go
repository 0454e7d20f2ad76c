package supervisor_test

import (
	"bytes"
	"testing"

	"menshen"
	"menshen/supervisor"
)

// Settings on standard input are read whole or refused.
func FuzzReadSettings(f *testing.F) {
	for _, s := range []string{"{\"Do\":\"wait\"}\n", "{}\n", "{", "\n", "[]\n", "{\"Do\":1}\n", "{\"Other\":1}\n", "null\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s settings
		if _, err := supervisor.ReadSettings(bytes.NewReader(b), &s); err != nil && menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%v", err)
		}
	})
}
