package proto

import (
	"encoding/binary"
	"math"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxDim is the longest descriptor that is taken; networks in use give 128 or 512 numbers.
const maxDim = 4096

// EngineToWire converts an engine's id; the empty one is absent.
func EngineToWire(e menshen.EngineID) *menshenv1.Engine {
	if e == (menshen.EngineID{}) {
		return nil
	}
	return &menshenv1.Engine{Name: e.Name, ModelHash: e.ModelHash, Dim: countToWire(e.Dim), Metric: string(e.Metric)}
}

// EngineFromWire converts an engine's id; absent is the empty one.
func EngineFromWire(m *menshenv1.Engine) (menshen.EngineID, error) {
	const op = "proto.engine"
	if m == nil {
		return menshen.EngineID{}, nil
	}
	e := menshen.EngineID{Name: m.GetName(), ModelHash: m.GetModelHash(), Dim: int(min(m.GetDim(), maxDim+1)), Metric: menshen.Metric(m.GetMetric())}
	if e.Name == "" || e.ModelHash == "" {
		return menshen.EngineID{}, invalid(op, "an engine has no name or no model hash")
	}
	if err := checkText(op, "the engine's name", e.Name, e.ModelHash); err != nil {
		return menshen.EngineID{}, err
	}
	if e.Metric != menshen.MetricEuclidean {
		return menshen.EngineID{}, invalid(op, "the metric %.40q is not known", m.GetMetric())
	}
	if e.Dim < 1 || e.Dim > maxDim {
		return menshen.EngineID{}, invalid(op, "an engine has %d dimensions", m.GetDim())
	}
	return e, nil
}

// descriptorToWire gives the numbers as float32, little endian.
func descriptorToWire(d menshen.Descriptor) []byte {
	if len(d) == 0 {
		return nil
	}
	b := make([]byte, 0, 4*len(d))
	for _, v := range d {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// descriptorFromWire reads a descriptor of the engine; no bytes are no descriptor.
func descriptorFromWire(op string, b []byte, e menshen.EngineID) (menshen.Descriptor, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if e.Dim == 0 {
		return nil, invalid(op, "a descriptor comes without its engine")
	}
	if len(b) != 4*e.Dim {
		return nil, invalid(op, "a descriptor of %d bytes does not fit the engine %s", len(b), e)
	}
	d := make(menshen.Descriptor, e.Dim)
	for i := range d {
		d[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if err := d.Validate(e); err != nil {
		return nil, err
	}
	return d, nil
}
