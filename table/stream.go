package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"menshen"
)

// maxLine is how long a line of a Stream may be, in bytes of UTF-8; a longer one is Broken.
const maxLine = 16 << 10

// Stream reads a CSV of any length row by row, in bounded memory. Encoding and separator are found as Read does; a row is one
// line, so that a lone quotation mark breaks one row and not all that follow.
type Stream struct {
	in      *bufio.Reader
	columns map[string]int
	comma   rune
	line    int
}

// NewStream finds encoding, separator and columns, and stands before the first row. The file is read twice: a GBK file may
// have nothing but ASCII for a long time. The error is as that of Read.
func NewStream(f io.ReadSeeker, columns []Column) (*Stream, error) {
	unreadable := func(err error) error {
		return menshen.Errorf(menshen.CodeInvalid, op, "the table cannot be read").WithHint("check the file and its permissions").WithCause(err)
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, unreadable(err)
	}
	kind, err := sniff(f)
	if err != nil {
		return nil, unreadable(err)
	}
	if kind.spreadsheet {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table is a spreadsheet").WithHint("save it as \"CSV UTF-8\" in the spreadsheet program")
	}
	if _, err := f.Seek(start+int64(kind.mark), io.SeekStart); err != nil {
		return nil, unreadable(err)
	}
	var text io.Reader = f
	if kind.decoder != nil {
		text = transform.NewReader(f, kind.decoder)
	}
	if kind.lone {
		text = transform.NewReader(text, carriage{})
	}
	s := &Stream{in: bufio.NewReaderSize(text, maxLine)}
	head, broken, err := s.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	s.comma = separator(head)
	var heads []string
	if !broken {
		heads, broken = s.split(head)
	}
	if broken || blank(heads) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table is empty or its first line cannot be read").
			WithHint("the first line must name the columns: %s", heading(columns))
	}
	s.columns, err = find(heads, columns)
	return s, err
}

// Next gives the next row that is not blank, and false behind the last. A row holds memory of its own.
func (s *Stream) Next() (Row, bool, error) {
	for {
		line, broken, err := s.readLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return Row{}, false, menshen.Errorf(menshen.CodeInvalid, op, "the table cannot be read beyond line %d", s.line).WithHint("check the file and its permissions").WithCause(err)
		}
		if err != nil && line == "" && !broken {
			return Row{}, false, nil
		}
		if broken {
			return Row{Line: s.line, Broken: true}, true, nil
		}
		cells, broken := s.split(line)
		if !broken && blank(cells) {
			continue
		}
		return Row{Line: s.line, Broken: broken, cells: cells, at: s.columns}, true, nil
	}
}

// readLine gives the next line without its end; broken where it is too long or no text. io.EOF comes with the last.
func (s *Stream) readLine() (line string, broken bool, err error) {
	piece, err := s.in.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		broken = true
		piece, err = s.in.ReadSlice('\n')
	}
	if len(piece) > 0 || broken {
		s.line++
	}
	if broken {
		return "", true, err
	}
	piece = bytes.TrimRight(piece, "\r\n")
	if !utf8.Valid(piece) || bytes.ContainsRune(piece, utf8.RuneError) || bytes.IndexByte(piece, 0) >= 0 {
		return "", true, err
	}
	return string(piece), false, err
}

// split gives the cells of a line.
func (s *Stream) split(line string) (cells []string, broken bool) {
	if !strings.ContainsRune(line, '"') {
		cells = strings.Split(line, string(s.comma))
	} else {
		c := csv.NewReader(strings.NewReader(line))
		c.FieldsPerRecord, c.Comma, c.TrimLeadingSpace = -1, s.comma, s.comma != '\t'
		var err error
		if cells, err = c.Read(); err != nil {
			return nil, true
		}
	}
	return cells[:min(len(cells), maxColumns)], false
}

// sniffed is what the bytes of a file say of it.
type sniffed struct {
	mark        int // bytes of the byte order mark to skip
	decoder     transform.Transformer
	lone        bool // lines end with a lone CR, as old spreadsheets write them
	spreadsheet bool
}

func sniff(f io.Reader) (k sniffed, err error) {
	in := bufio.NewReaderSize(f, 256<<10)
	head, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return sniffed{spreadsheet: true}, nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		k.decoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		in = bufio.NewReader(transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()))
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		k.mark = 3
	}
	valid, lf, cr := true, false, false
	buf, kept := make([]byte, 64<<10), 0
	for {
		n, err := in.Read(buf[kept:])
		b := buf[:kept+n]
		lf, cr = lf || bytes.IndexByte(b, '\n') >= 0, cr || bytes.IndexByte(b, '\r') >= 0
		kept = 0
		if valid {
			rest := len(b)
			if err == nil {
				// A character may go on in the next piece.
				for rest > 0 && len(b)-rest < utf8.UTFMax-1 && !utf8.RuneStart(b[rest-1]) {
					rest--
				}
				if rest > 0 && !utf8.FullRune(b[rest-1:]) {
					rest--
				} else {
					rest = len(b)
				}
			}
			valid = utf8.Valid(b[:rest])
			kept = copy(buf, b[rest:])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return k, err
		}
	}
	if k.decoder == nil && k.mark == 0 && !valid {
		k.decoder = simplifiedchinese.GB18030.NewDecoder()
	}
	k.lone = cr && !lf
	return k, nil
}

// carriage makes line feeds of carriage returns.
type carriage struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (carriage) Transform(dst, src []byte, _ bool) (n, _ int, err error) {
	n = copy(dst, src)
	for i, b := range dst[:n] {
		if b == '\r' {
			dst[i] = '\n'
		}
	}
	if n < len(src) {
		err = transform.ErrShortDst
	}
	return n, n, err
}

// Writer writes a CSV as Write does, row by row.
type Writer struct{ csv *csv.Writer }

// NewWriter begins with the byte order mark.
func NewWriter(w io.Writer) (*Writer, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, failed(err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &Writer{c}, nil
}

// Row writes one.
func (w *Writer) Row(cells ...string) error {
	for i, cell := range cells {
		if dangerous(cell) {
			cells[i] = "'" + cell
		}
	}
	if err := w.csv.Write(cells); err != nil {
		return failed(err)
	}
	return nil
}

// Flush hands on what waits.
func (w *Writer) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return failed(err)
	}
	return nil
}
