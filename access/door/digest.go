package door

import (
	"crypto/md5" // many devices offer nothing else, see RFC 7616
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"menshen"
)

// challenge is what a device asks a digest for (RFC 7616). It is used from within a lock.
type challenge struct {
	realm, nonce, opaque, algorithm string
	qop                             bool
	count                           int
}

var challengeField = regexp.MustCompile(`([a-zA-Z]+)=(?:"([^"]*)"|([^\s,]+))`)

// parseChallenge takes the best digest that is asked for, nil for none. SHA-256 goes before MD5.
func parseChallenge(headers []string) *challenge {
	var best *challenge
	for _, h := range headers {
		rest, ok := strings.CutPrefix(h, "Digest ")
		if !ok || len(h) > 4096 {
			continue
		}
		c := &challenge{algorithm: "MD5"}
		for _, m := range challengeField.FindAllStringSubmatch(rest, 32) {
			value := m[2] + m[3]
			switch strings.ToLower(m[1]) {
			case "realm":
				c.realm = value
			case "nonce":
				c.nonce = value
			case "opaque":
				c.opaque = value
			case "algorithm":
				c.algorithm = strings.ToUpper(value)
			case "qop":
				c.qop = slices.ContainsFunc(strings.Split(value, ","), func(q string) bool { return strings.TrimSpace(q) == "auth" })
			}
		}
		if c.nonce == "" || strings.ContainsAny(c.realm+c.nonce+c.opaque, "\r\n\\") || c.hash("") == "" {
			continue
		}
		if best == nil || c.algorithm == "SHA-256" {
			best = c
		}
	}
	return best
}

// hash is the challenge's hash in hex, "" for an algorithm that is not known.
func (c *challenge) hash(s string) string {
	switch c.algorithm {
	case "MD5":
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	case "SHA-256":
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	return ""
}

// answer gives the Authorization header of one request.
func (c *challenge) answer(method, uri, user string, password menshen.Secret) string {
	c.count++
	count, own := fmt.Sprintf("%08x", c.count), rand.Text()
	ha1, ha2 := c.hash(user+":"+c.realm+":"+password.Reveal()), c.hash(method+":"+uri)
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(user)
	head := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`, quoted, c.realm, c.nonce, uri, c.algorithm)
	if c.opaque != "" {
		head += fmt.Sprintf(`, opaque="%s"`, c.opaque)
	}
	if !c.qop {
		return head + fmt.Sprintf(`, response="%s"`, c.hash(ha1+":"+c.nonce+":"+ha2))
	}
	return head + fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s", response="%s"`, count, own, c.hash(ha1+":"+c.nonce+":"+count+":"+own+":auth:"+ha2))
}
