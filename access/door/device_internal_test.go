package door

import (
	"net/http"
	"strings"
	"testing"

	"menshen"
)

// What a door's device asks for with a digest becomes one line of a header, in which nothing of the device's words ends early.
func FuzzChallenge(f *testing.F) {
	for _, s := range []string{
		`Digest realm="door", nonce="abc", qop="auth", algorithm=SHA-256`, `Digest realm="d\"", nonce="x"`, "Digest nonce=\"a\r\nX: y\"", `Digest nonce=a, algorithm=MD5-sess`, `Basic realm="x"`, `Digest nonce="", realm=""`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		c := parseChallenge([]string{header})
		if c == nil {
			return
		}
		answer := c.answer(http.MethodPost, "/onvif/device_service", `ad"min`, "geheim99")
		if strings.ContainsAny(answer, "\r\n") || strings.Contains(answer, "geheim99") {
			t.Errorf("%q makes the header %q", header, answer)
		}
		for _, value := range []string{c.realm, c.nonce, c.opaque} {
			if strings.ContainsAny(value, "\"\\") {
				t.Errorf("%q makes %q, which ends its quotes", header, value)
			}
		}
	})
}

// Whatever a door's device answers is understood or is an error that quotes at most the code of a fault.
func FuzzSOAPAnswer(f *testing.F) {
	f.Add(200, []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime><Date><Year>2026</Year></Date></UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse></s:Body></s:Envelope>`))
	f.Add(500, []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>NotAuthorized</s:Value></s:Code></s:Fault></s:Body></s:Envelope>`))
	f.Add(200, []byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Add(302, []byte(""))
	f.Add(200, []byte(strings.Repeat("<a>", 10_000)))
	f.Fuzz(func(t *testing.T, status int, data []byte) {
		var answer struct {
			Year int `xml:"SystemDateAndTime>UTCDateTime>Date>Year"`
		}
		err := new(soap).judge(status, data, "GetSystemDateAndTime", &answer)
		if err == nil {
			if status/100 != 2 {
				t.Errorf("a status of %d is taken for success", status)
			}
			return
		}
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeUnavailable || hint == "" || len(message) > 600 || strings.ContainsAny(message, "\r\n") {
			t.Errorf("the error says %q, %q", message, hint)
		}
	})
}

// What stands in a body's place for words of ours is filled in; the rest stays, and nothing falls.
func FuzzBody(f *testing.F) {
	for _, s := range []string{defaultBody, "{gate}{gate}", "{", "{}", "{unknown}", `{"a":{hold_ms}}`, "{gate", "}{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body := ParseBody(text)
		cmd := menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn}
		filled := body.Expand(cmd, EscapeURL)
		if !strings.ContainsAny(text, "{}") && filled != text {
			t.Errorf("%q becomes %q", text, filled)
		}
	})
}
