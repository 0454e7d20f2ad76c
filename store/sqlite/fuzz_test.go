package sqlite_test

import (
	"bytes"
	"database/sql"
	"reflect"
	"testing"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

func column(tb testing.TB, v any, err error) sql.NullString {
	tb.Helper()
	must(tb, err)
	var s sql.NullString
	must(tb, s.Scan(v))
	return s
}

// What a decoder accepts must come back the same after being written again.

func FuzzDecodeReasons(f *testing.F) {
	for _, s := range []string{`["active_resident","unsure_face"]`, `[]`, `null`, `["\ud800"]`, `{}`, `[1]`, ``, `["a"]x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		reasons, err := sqlite.DecodeReasons(sql.NullString{String: s, Valid: true})
		if err != nil {
			return
		}
		v, err := sqlite.EncodeReasons(reasons)
		again, err := sqlite.DecodeReasons(column(t, v, err))
		must(t, err)
		if !reflect.DeepEqual(again, reasons) {
			t.Errorf("%q is read as %q, then as %q", s, reasons, again)
		}
	})
}

func FuzzDecodeMatch(f *testing.F) {
	for _, s := range []string{
		`{"v":"known","c":[{"p":"p-1","t":"t-1","d":0.30000000000000004}],"f":3,"a":2,"t":0.86}`, `{}`, `null`, `{"c":[]}`, `{"c":[{}]}`,
		`{"t":1e999}`, `{"f":1.5}`, `[]`, ``, `{"d":-0}`, `{"t":5e-324}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := sqlite.DecodeMatch(sql.NullString{String: s, Valid: true})
		if err != nil {
			return
		}
		v, err := sqlite.EncodeMatch(m)
		again, err := sqlite.DecodeMatch(column(t, v, err))
		must(t, err)
		if !reflect.DeepEqual(again, m) {
			t.Errorf("%q is read as %+v, then as %+v", s, m, again)
		}
	})
}

func FuzzDecodeDescriptor(f *testing.F) {
	f.Add([]byte{0, 0, 128, 63, 0, 0, 0, 192}, 2)
	f.Add([]byte{0, 0, 128, 127}, 1) // infinite
	f.Add([]byte{0, 0, 0, 0}, 1)
	f.Add([]byte{1, 2, 3}, 1)
	f.Add([]byte{}, 0)
	f.Add([]byte{}, -1)
	f.Fuzz(func(t *testing.T, b []byte, dim int) {
		e := menshen.EngineID{Name: "opencv", Dim: dim}
		d, err := sqlite.DecodeDescriptor(b, e)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeCorrupt {
				t.Errorf("%v", err)
			}
			return
		}
		must(t, d.Validate(e))
		if !bytes.Equal(sqlite.EncodeDescriptor(d), b) {
			t.Errorf("%x is read as %v", b, d)
		}
	})
}

func FuzzDecodeTime(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(1772352000123456789))
	f.Add(int64(-1))
	f.Fuzz(func(t *testing.T, n int64) {
		at := sqlite.DecodeTime(sql.NullInt64{Int64: n, Valid: true})
		v, err := sqlite.EncodeTime(at)
		if err != nil { // the two broken years at the ends
			return
		}
		if v != n {
			t.Errorf("%d is read as %v, then written as %v", n, at, v)
		}
	})
}

func FuzzDecodeEntry(f *testing.F) {
	for _, c := range storetest.Changes() {
		if !c.Gone() {
			b, err := sqlite.EncodeEntry(c)
			must(f, err)
			f.Add(b)
		}
	}
	for _, s := range []string{`{}`, `null`, `{"e":{"f":1,"t":-1}}`, `{"e":{"f":-9223372036854775808}}`, `{"t":{"Engine":{"Dim":-1}}}`, `{"p":{"c":9223372036854775807}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var c menshen.Change
		if sqlite.DecodeEntry(b, &c) != nil {
			return
		}
		first, err := sqlite.EncodeEntry(c)
		if err != nil { // the two broken years at the ends
			return
		}
		var again menshen.Change
		must(t, sqlite.DecodeEntry(first, &again))
		second, err := sqlite.EncodeEntry(again)
		must(t, err)
		if !bytes.Equal(first, second) {
			t.Errorf("%s is read as %s, then as %s", b, first, second)
		}
	})
}
