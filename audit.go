package menshen

import (
	"strconv"
	"time"
)

// AuditEntry records that somebody asked about or changed something, before it takes effect.
type AuditEntry struct {
	At      time.Time
	Actor   string // who, e.g. "operator@terminal"
	Action  string // what, e.g. "trace.contacts"
	Subject string // about whom or what, e.g. a person id
	Purpose string // why, in the asker's words
	Detail  string // parameters as JSON
}

// Record gives the entry of a number (from 1) as the audit log's Merkle tree has it: a line that says what it is, then number,
// time (nanoseconds since 1970, UTC), actor, action, subject, purpose and detail, each as its length in bytes, a colon, the text
// and a line end. No two different entries have one record.
func (e AuditEntry) Record(number uint64) []byte {
	b := []byte("menshen audit entry v1\n")
	for _, field := range []string{strconv.FormatUint(number, 10), strconv.FormatInt(e.At.UnixNano(), 10), e.Actor, e.Action, e.Subject, e.Purpose, e.Detail} {
		b = strconv.AppendInt(b, int64(len(field)), 10)
		b = append(b, ':')
		b = append(b, field...)
		b = append(b, '\n')
	}
	return b
}
