package menshen_test

import (
	"testing"

	"menshen"
)

// fuzzText checks that what a reader takes is written in one form, which reads as the same.
func fuzzText[T comparable](f *testing.F, read func(string) (T, error), write func(T) string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := read(s)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		again, err := read(write(v))
		if err != nil || again != v {
			t.Errorf("%q is %+v, written %q, which is %+v (%v)", s, v, write(v), again, err)
		}
	})
}

func FuzzParsePassID(f *testing.F) {
	fuzzText(f, menshen.ParsePassID, menshen.PassID.String, "east-1:42", "a:18446744073709551615", "a:0", ":", "a:+1", "a:1:2")
}

func FuzzParseDwelling(f *testing.F) {
	fuzzText(f, menshen.ParseDwelling, menshen.Dwelling.String, "3-2-14-1402", "1-1-B2-1", "1-1-BB2-1", "1-1-B-1-1", "1-1-+5-1", " 1 - 1 - 1 - 1 ")
}

func FuzzParseDayHours(f *testing.F) {
	fuzzText(f, menshen.ParseDayHours, menshen.DayHours.String, "08:00-20:00", "22:00-06:00", "8:0-9:0", "24:00-00:00", "00:00-00:00", "08:0x-9:00", "+8:00-9:00", "")
}
