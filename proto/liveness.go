package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// livenessToWire converts what was seen of a living face; nothing checked is absent.
func livenessToWire(l menshen.Liveness) *menshenv1.Liveness {
	if l == (menshen.Liveness{}) {
		return nil
	}
	return &menshenv1.Liveness{Faces: countToWire(l.Faces), Score: l.Score, Change: l.Change}
}

func livenessFromWire(op string, m *menshenv1.Liveness) (l menshen.Liveness, err error) {
	if l.Faces, err = countFromWire(op, "the number of faces checked", m.GetFaces()); err != nil {
		return menshen.Liveness{}, err
	}
	l.Score, l.Change = m.GetScore(), m.GetChange()
	if !(l.Score >= 0 && l.Score <= 1) {
		return menshen.Liveness{}, invalid(op, "the liveness %g is not between 0 and 1", l.Score)
	}
	if !(l.Change >= 0) {
		return menshen.Liveness{}, invalid(op, "the change %g between faces is no distance", l.Change)
	}
	return l, checkFinite(op, "the change between faces", l.Change)
}
