package sqlite

import (
	"encoding/binary"
	"math"

	"menshen"
)

// encodeDescriptor gives the numbers as float32, little endian.
func encodeDescriptor(d menshen.Descriptor) []byte {
	b := make([]byte, 0, 4*len(d))
	for _, v := range d {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// decodeDescriptor is the inverse; the numbers must fit the engine.
func decodeDescriptor(b []byte, e menshen.EngineID) (menshen.Descriptor, error) {
	const op = "sqlite.descriptor"
	if e.Dim <= 0 || len(b) != 4*e.Dim {
		return nil, menshen.Errorf(menshen.CodeCorrupt, op, "a stored descriptor of %d bytes does not fit the engine %s", len(b), e)
	}
	d := make(menshen.Descriptor, e.Dim)
	for i := range d {
		d[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if err := d.Validate(e); err != nil {
		return nil, menshen.Errorf(menshen.CodeCorrupt, op, "a stored descriptor of the engine %s is not usable", e).WithCause(err)
	}
	return d, nil
}
