package address

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// hidden stands where a password was.
const hidden = "***"

// secretPart finds passwords that some makers want in the path or the query, e.g. /user=admin&password=x&channel=1 or
// ?authToken=x. Where parts are joined by "_" the rest goes too: a password may contain that.
var secretPart = regexp.MustCompile(`(?i)([a-z]*(?:pass|pwd|psw|token|secret|auth|key|sign)[a-z]*[=:])[^&/?;]*`)

// redact gives an address of a stream without its password.
func redact(u *url.URL) string {
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != nil {
		b.WriteString(url.User(u.User.Username()).String())
		if _, ok := u.User.Password(); ok {
			b.WriteString(":" + hidden)
		}
		b.WriteByte('@')
	}
	b.WriteString(u.Host)
	rest := u.EscapedPath()
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	b.WriteString(secretPart.ReplaceAllString(rest, "${1}"+hidden))
	return b.String()
}

// quote shows an address that could not be read: without anything that may be a password, and short.
func quote(s string) string {
	if before, rest, ok := strings.Cut(s, "://"); ok {
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = hidden + rest[i:]
		}
		s = before + "://" + secretPart.ReplaceAllString(rest, "${1}"+hidden)
	} else if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = hidden + s[i:]
	}
	const most = 120
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
