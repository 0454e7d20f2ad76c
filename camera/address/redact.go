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

// userPart finds user and password of an address within a text.
var userPart = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@]*@`)

// leastSecret is how long a password must be to be looked for outside of addresses: hiding every "1" of a text would tell
// more than it hides.
const leastSecret = 4

// Hide takes the password of the address, and users and passwords of any other, out of a text that others wrote: FFmpeg
// prints addresses whole, and a file may lead to some.
func (a Address) Hide(text string) string {
	if a.kind == KindStream {
		text = strings.ReplaceAll(text, a.Reveal(), a.shown)
	}
	text = userPart.ReplaceAllString(text, "${1}"+hidden+"@")
	if a.kind != KindStream {
		return text
	}
	for _, s := range a.secrets() {
		if len(s) >= leastSecret {
			text = strings.ReplaceAll(text, s, hidden)
		}
	}
	return text
}

// secrets gives what is secret in the address of a stream, as people write it and as addresses do.
func (a Address) secrets() []string {
	u, err := url.Parse(a.Reveal())
	if err != nil {
		return nil
	}
	var all []string
	if p, ok := u.User.Password(); ok {
		_, escaped, _ := strings.Cut(u.User.String(), ":")
		all = append(all, p, escaped)
	}
	for _, m := range secretPart.FindAllStringSubmatch(u.EscapedPath()+"?"+u.RawQuery, -1) {
		s := strings.TrimPrefix(m[0], m[1])
		all = append(all, s)
		if plain, err := url.QueryUnescape(s); err == nil {
			all = append(all, plain)
		}
	}
	return all
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
