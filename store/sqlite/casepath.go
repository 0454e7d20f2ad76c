package sqlite

import (
	"database/sql"
	"encoding/json"
	"time"

	"menshen"
)

// storedHop is a hop as JSON with short names, since a case has thousands.
type storedHop struct {
	From     string  `json:"f"`
	To       string  `json:"t"`
	Kind     string  `json:"k"`
	Zone     string  `json:"z,omitempty"`
	Gate     string  `json:"g,omitempty"`
	Start    int64   `json:"a,omitempty"` // nanoseconds since 1970, 0 for none
	End      int64   `json:"b,omitempty"`
	Inferred bool    `json:"i,omitempty"`
	Least    int64   `json:"l,omitempty"`
	Floors   int     `json:"n,omitempty"`
	Sureness float64 `json:"s,omitempty"`
	Exposed  int64   `json:"e,omitempty"`
}

// encodePath gives a JSON array, or NULL for none.
func encodePath(path []menshen.Hop) (any, error) {
	if len(path) == 0 {
		return nil, nil
	}
	hops := make([]storedHop, len(path))
	for i, h := range path {
		hops[i] = storedHop{
			From: h.From, To: h.To, Kind: string(h.Kind), Zone: h.Zone, Gate: h.Gate, Start: hopTime(h.Span.From), End: hopTime(h.Span.To),
			Inferred: h.Inferred, Least: int64(h.Least), Floors: h.Floors, Sureness: h.Sureness, Exposed: hopTime(h.Exposed),
		}
	}
	b, err := json.Marshal(hops)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.write_case", "the path of a contact cannot be kept").WithCause(err)
	}
	return string(b), nil
}

func hopTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// decodePath is the inverse of encodePath.
func decodePath(text sql.NullString) ([]menshen.Hop, error) {
	if !text.Valid {
		return nil, nil
	}
	var hops []storedHop
	if err := json.Unmarshal([]byte(text.String), &hops); err != nil {
		return nil, err
	}
	at := func(n int64) time.Time { return decodeTime(sql.NullInt64{Int64: n, Valid: n != 0}) }
	var path []menshen.Hop
	for _, h := range hops {
		path = append(path, menshen.Hop{From: h.From, To: h.To, Exposed: at(h.Exposed), Exposure: menshen.Exposure{
			Kind: menshen.ExposureKind(h.Kind), Zone: h.Zone, Gate: h.Gate, Span: menshen.Span{From: at(h.Start), To: at(h.End)},
			Inferred: h.Inferred, Least: time.Duration(h.Least), Floors: h.Floors, Sureness: h.Sureness,
		}})
	}
	return path, nil
}
