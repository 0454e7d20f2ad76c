package sqlite

import (
	"database/sql"
	"time"

	"menshen"
)

// encodeTime gives nanoseconds since 1970, or NULL for the zero time.
func encodeTime(t time.Time) (any, error) {
	if t.IsZero() {
		return nil, nil
	}
	if y := t.UTC().Year(); y < 1678 || y > 2261 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.time", "the time %v cannot be kept", t).
			WithHint("check the clock; years 1678 to 2261 can be kept")
	}
	return t.UnixNano(), nil
}

// decodeTime is the inverse of encodeTime; the result is in UTC.
func decodeTime(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}

// within adds the bounds of a half-open span; a zero bound is open.
func (c *conditions) within(column string, span menshen.Span) error {
	for _, b := range []struct {
		at   time.Time
		term string
	}{{span.From, column + " >= ?"}, {span.To, column + " < ?"}} {
		n, err := encodeTime(b.at)
		if err != nil {
			return err
		}
		if n != nil {
			c.add(b.term, n)
		}
	}
	return nil
}

// encodeTimes is encodeTime for several.
func encodeTimes(times ...time.Time) ([]any, error) {
	out := make([]any, len(times))
	for i, t := range times {
		var err error
		if out[i], err = encodeTime(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stored gives what encodeTime gave, for JSON.
func stored(n any) *int64 {
	if i, ok := n.(int64); ok {
		return &i
	}
	return nil
}

// kept is the inverse of stored: the time.
func kept(n *int64) time.Time {
	if n == nil {
		return time.Time{}
	}
	return time.Unix(0, *n).UTC()
}
