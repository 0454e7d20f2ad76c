package gallery

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"menshen"
)

// A snapshot on disk is, in little endian:
//
//	"menshen gallery 1\n", the length of the engine as JSON (4 bytes), the engine, the number of templates (8), a checksum;
//	for each 64 templates, or what is left: their names (32 bytes each), the number of long ids (4), these (4 bytes of
//	length, then the text), the vectors (4 bytes each number), a checksum.
//
// Checksums are CRC-32C of what stands before them since the one before; the first counts as the 0th, and each starts
// with its number, so that pieces cannot change places. Codes are not kept: they are made again in no time.
const diskMagic = "menshen gallery 1\n"

const (
	maxEngine = 4096    // bytes of an engine on disk
	maxText   = 1 << 16 // bytes of an id on disk
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes all templates to a file, which it replaces once all is on the disk. The gallery may change meanwhile: what
// is written is what was there when Save began. Descriptors are personal data: only the owner may read the file.
// CodeUnavailable when the disk does not take it.
func (g *Gallery) Save(path string) error {
	failed := func(err error) error {
		return menshen.Errorf(menshen.CodeUnavailable, "gallery.save", "the gallery cannot be written to %s", path).
			WithHint("check the disk and who may write to the folder").WithCause(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return failed(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = g.write(w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return failed(err)
	}
	if d, err := os.Open(filepath.Dir(path)); err == nil { // so that the name survives a power cut
		err = errors.Join(d.Sync(), d.Close())
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

// Open reads a gallery that Save wrote. CodeNotFound without a file, CodeCorrupt for one that is not what was written,
// CodeInvalid for one of another engine, CodeUnavailable when it cannot be read.
func Open(path string, engine menshen.EngineID) (*Gallery, error) {
	const op = "gallery.open"
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no gallery %s", path).WithCause(err)
	}
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the gallery %s cannot be read", path).
			WithHint("check the disk and who may read the file").WithCause(err)
	}
	defer f.Close()
	g := New(engine)
	err = g.read(bufio.NewReaderSize(f, 16<<10))
	if err == nil {
		return g, nil
	}
	if e, ok := errors.AsType[*menshen.Error](err); ok {
		return nil, e
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the gallery %s cannot be read", path).
			WithHint("check the disk and who may read the file").WithCause(err)
	}
	return nil, menshen.Errorf(menshen.CodeCorrupt, op, "the gallery %s is damaged", path).
		WithHint("delete the file and fill the gallery again from the database").WithCause(err)
}

func (g *Gallery) write(w io.Writer) error {
	s := g.now.Load()
	engine, err := json.Marshal(g.engine)
	if err != nil {
		return err
	}
	out := append([]byte(nil), diskMagic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(engine)))
	out = append(out, engine...)
	out = binary.LittleEndian.AppendUint64(out, uint64(s.rows))
	if _, err := w.Write(seal(out, 0)); err != nil {
		return err
	}
	for row := 0; row < s.rows; row += groupRows {
		p, rows := s.page(row), min(groupRows, s.rows-row)
		out = out[:0]
		for _, n := range p.names[:rows] {
			out = append(append(out, n.person[:]...), n.template[:]...)
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(len(p.long)))
		for _, text := range p.long {
			out = append(binary.LittleEndian.AppendUint32(out, uint32(len(text))), text...)
		}
		for i := range rows {
			for _, v := range p.vectors[i*s.stride : i*s.stride+g.engine.Dim] {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
			}
		}
		if _, err := w.Write(seal(out, row/groupRows+1)); err != nil {
			return err
		}
	}
	return nil
}

// seal adds the checksum of a piece.
func seal(piece []byte, number int) []byte {
	return binary.LittleEndian.AppendUint32(piece, crc32.Update(uint32(number), castagnoli, piece))
}

// damage is what read finds wrong; the words are for the log.
type damage string

func (d damage) Error() string { return string(d) }

// read fills an empty gallery.
func (g *Gallery) read(from io.Reader) error {
	in := &pieces{from: from}
	rows, err := g.readHead(in)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.draft()
	// A damaged number of rows cannot pass the checksum; a false one asks for no more than pages that are there.
	for row := 0; row < rows; row += groupRows {
		if err := d.readPage(in, min(groupRows, rows-row)); err != nil {
			return err
		}
	}
	if n, err := from.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return errors.Join(damage("there is more than should be"), err)
	}
	g.templates, g.persons = newTable(d.rows), newTable(d.rows)
	for row := range d.rows {
		p := d.page(row)
		names := p.names[row%groupRows]
		twice := func(r int) bool { return same(d.page(r).names[r%groupRows].template, d.page(r), names.template, p) }
		if _, ok := g.templates.find(names.template.hash(), twice); ok {
			return damage("an id is there twice")
		}
		d.enter(row, names)
	}
	d.publish()
	return nil
}

func (g *Gallery) readHead(in *pieces) (rows int, err error) {
	if string(in.next(len(diskMagic))) != diskMagic {
		return 0, errors.Join(damage("it is no gallery"), in.err)
	}
	var engine menshen.EngineID
	if err := json.Unmarshal(in.next(in.count(maxEngine)), &engine); err != nil {
		return 0, errors.Join(err, in.err)
	}
	n := in.next(8)
	if in.err != nil {
		return 0, in.err
	}
	count := binary.LittleEndian.Uint64(n)
	if !in.sealed() || count > maxRows {
		return 0, errors.Join(damage("the head is not what was written"), in.err)
	}
	if engine != g.engine {
		return 0, menshen.Errorf(menshen.CodeInvalid, "gallery.open", "the stored gallery is of the engine %s, this one is for %s", engine, g.engine).
			WithHint("fill the gallery again from the database")
	}
	return int(count), nil
}

// readPage reads the next rows and enters them in no table yet.
func (d *draft) readPage(in *pieces, rows int) error {
	names := append([]byte(nil), in.next(rows*32)...)
	p := newPage(d.stride)
	for range in.count(2 * groupRows) {
		p.long = append(p.long, string(in.next(in.count(maxText))))
	}
	if in.err != nil {
		return in.err
	}
	whole := d.stride == d.g.engine.Dim
	if whole {
		in.numbers(p.vectors[:rows*d.stride])
	}
	for i := range rows {
		v := p.vectors[i*d.stride : i*d.stride+d.g.engine.Dim]
		if !whole {
			in.numbers(v)
		}
		if sum := squares(v); !(sum > 0 && sum <= maxNorm*maxNorm) {
			return errors.Join(damage("a descriptor is none"), in.err)
		}
	}
	if !in.sealed() {
		return errors.Join(damage("a page is not what was written"), in.err)
	}
	for i := range rows {
		for j, to := range []*name{&p.names[i].person, &p.names[i].template} {
			n := name(names[32*i+16*j:])
			if n.long() && int(binary.LittleEndian.Uint32(n[12:])) >= len(p.long) {
				return damage("an id is missing")
			}
			if n.long() {
				id := p.long[binary.LittleEndian.Uint32(n[12:])]
				n = p.keep(nameOf(d.g.seed, id), id) // the hash is of this process
			}
			if !n.valid() {
				return damage("an id is none")
			}
			*to = n
		}
	}
	if d.rows%blockRows == 0 {
		d.blocks = append(d.blocks, &block{})
	}
	d.blocks[d.rows/blockRows].put(d.rows, p)
	d.rows += rows
	return nil
}

// pieces reads pieces with checksums. After an error all is empty or zero.
type pieces struct {
	from   io.Reader
	room   []byte
	number int
	sum    uint32
	err    error
}

// read fills b with what comes next.
func (p *pieces) read(b []byte) {
	if p.err == nil {
		_, p.err = io.ReadFull(p.from, b)
		p.sum = crc32.Update(p.sum, castagnoli, b)
	}
}

// next gives the next bytes of a piece, until it is called again.
func (p *pieces) next(n int) []byte {
	p.room = slices.Grow(p.room[:0], n)[:n]
	if p.read(p.room); p.err != nil {
		return nil
	}
	return p.room
}

// numbers reads numbers in place.
func (p *pieces) numbers(v []float32) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
	p.read(b)
	for i := range v { // which changes nothing where the processor is little endian
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

// count gives a number up to a limit.
func (p *pieces) count(limit int) int {
	b := p.next(4)
	if p.err != nil {
		return 0
	}
	n := binary.LittleEndian.Uint32(b)
	if n > uint32(limit) {
		p.err = damage("a number is too large")
		return 0
	}
	return int(n)
}

// sealed ends a piece and reports whether its checksum is right.
func (p *pieces) sealed() bool {
	sum := p.sum
	b := p.next(4)
	p.number++
	p.sum = uint32(p.number)
	return p.err == nil && binary.LittleEndian.Uint32(b) == sum
}
