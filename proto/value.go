package proto

import (
	"math"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxText is the longest text in bytes that a message may carry in one field.
const maxText = 4 << 10

// maxCount is the largest number that a count may have: it fits an int everywhere.
const maxCount = math.MaxInt32

func timeToWire(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// timeFromWire reads a time; absent is the zero time.
func timeFromWire(op, what string, ts *timestamppb.Timestamp) (time.Time, error) {
	if ts == nil {
		return time.Time{}, nil
	}
	if err := ts.CheckValid(); err != nil {
		return time.Time{}, invalid(op, "%s is no time", what).WithCause(err)
	}
	return ts.AsTime(), nil
}

// neededTime is timeFromWire where the time must be there.
func neededTime(op, what string, ts *timestamppb.Timestamp) (time.Time, error) {
	t, err := timeFromWire(op, what, ts)
	if err == nil && t.IsZero() {
		return t, invalid(op, "%s is missing", what)
	}
	return t, err
}

// field is a time of a message and where it goes.
type field struct {
	what string
	from *timestamppb.Timestamp
	to   *time.Time
}

// readTimes is timeFromWire for several.
func readTimes(op string, fields ...field) (err error) {
	for _, f := range fields {
		if *f.to, err = timeFromWire(op, f.what, f.from); err != nil {
			return err
		}
	}
	return nil
}

// countToWire turns a count that is out of range into one that the way in refuses.
func countToWire(n int) uint32 {
	if n < 0 || n > maxCount {
		return math.MaxUint32
	}
	return uint32(n)
}

func countFromWire(op, what string, n uint32) (int, error) {
	if n > maxCount {
		return 0, invalid(op, "%s is out of range", what)
	}
	return int(n), nil
}

// checkText refuses what is too long for a word or a line, or not UTF-8.
func checkText(op, what string, texts ...string) error {
	for _, s := range texts {
		if len(s) > maxText || !utf8.ValidString(s) {
			return invalid(op, "%s is longer than %d bytes or not UTF-8", what, maxText)
		}
	}
	return nil
}

// checkFinite refuses NaN and the infinities: one of them spoils every sum that it enters.
func checkFinite(op, what string, numbers ...float64) error {
	for _, v := range numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return invalid(op, "%s is not a finite number", what)
		}
	}
	return nil
}

// checkID refuses what is not the id of a gate, camera, zone or site. The text of the slug stays out of the error: it
// comes from outside.
func checkID(op, kind, id string) error {
	if menshen.ValidateSlug(kind, id) != nil {
		return invalid(op, "the %s id is missing or not usable", kind)
	}
	return nil
}

// TextToWire converts a text of both languages.
func TextToWire(t menshen.Text) *menshenv1.Text { return &menshenv1.Text{Zh: t.ZH, En: t.EN} }

// TextFromWire converts a text of both languages; absent is empty.
func TextFromWire(m *menshenv1.Text) menshen.Text {
	return menshen.Text{ZH: m.GetZh(), EN: m.GetEn()}
}

func textsToWire(texts []menshen.Text) []*menshenv1.Text {
	var out []*menshenv1.Text
	for _, t := range texts {
		out = append(out, TextToWire(t))
	}
	return out
}
