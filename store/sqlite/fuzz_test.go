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

func FuzzDecodeFacts(f *testing.F) {
	for _, s := range []string{
		"high lift nhc-9 2 1583049600000000000 1583049600000000001 - 5400000000001 60000000000 0.30000000000000004 - - level,follow 1 guard@east “王”",
		"- - - 0 - - - 0 0 0 - - - - ", "", " ", "a b c 1 2 3 4 5 6 NaN - - - - x", "a b c 1 2 3 4 5 6 1e-400 - - , - x", "- - - 18446744073709551615 - - - 0 0 1 - - - - x", "- - - -1 - - - 0 0 1 - - - - x",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := sqlite.DecodeFacts(text)
		if err != nil {
			return
		}
		s, err := sqlite.EncodeFacts(c)
		if err != nil {
			return // a time out of range, or a word that only something else can have written
		}
		again, err := sqlite.DecodeFacts([]byte(s))
		must(t, err)
		if !reflect.DeepEqual(again, c) {
			t.Errorf("%q is read as %+v, then as %+v", text, c, again)
		}
	})
}

func FuzzDecodePath(f *testing.F) {
	for _, s := range []string{
		`[{"f":"p-1","t":"p-2","k":"zone","z":"lift-3","a":1583049600000000000,"b":1583049600000000001,"i":true,"l":5,"n":1,"s":0.30000000000000004,"e":7}]`,
		`[]`, `null`, `{}`, `[{}]`, ``, `[{"s":1e999}]`, `[{"a":-9223372036854775808}]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		path, err := sqlite.DecodePath(sql.NullString{String: s, Valid: true})
		if err != nil {
			return
		}
		v, err := sqlite.EncodePath(path)
		again, err := sqlite.DecodePath(column(t, v, err))
		must(t, err)
		if !reflect.DeepEqual(again, path) {
			t.Errorf("%q is read as %+v, then as %+v", s, path, again)
		}
	})
}
