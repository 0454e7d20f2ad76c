package table

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"menshen"
)

// decodeText gives the text of a file that an office's spreadsheet wrote: UTF-8 or UTF-16 with a byte order mark, UTF-8
// without one, else GB 18030, which has GBK and GB 2312 in it. CodeInvalid for anything else.
func decodeText(raw []byte) (string, error) {
	var decoder transform.Transformer
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		raw = raw[3:]
		decoder = transform.Nop
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case utf8.Valid(raw):
		decoder = transform.Nop
	default:
		decoder = simplifiedchinese.GB18030.NewDecoder()
	}
	text, _, err := transform.Bytes(decoder, raw)
	if err != nil || !utf8.Valid(text) || bytes.ContainsRune(text, utf8.RuneError) || bytes.IndexByte(text, 0) >= 0 {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "the table is no text in UTF-8, UTF-16 or GBK").
			WithHint("save it as \"CSV UTF-8\" in the spreadsheet program").WithCause(err)
	}
	// Old spreadsheets end lines with a lone CR, which the reader of CSV does not know.
	if !bytes.Contains(text, []byte("\n")) {
		return strings.ReplaceAll(string(text), "\r", "\n"), nil
	}
	return string(text), nil
}
