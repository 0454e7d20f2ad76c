package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxSequences is how many passes one receipt or one reconcile request may name.
const MaxSequences = 10_000

// Receipt names passes of one gate: in a receipt those that are committed, in a reconcile request those asked about.
type Receipt struct {
	Gate      string
	Sequences []uint64 // none is 0; in no particular order; may be empty
}

// IDs gives the passes it names.
func (r Receipt) IDs() []menshen.PassID {
	ids := make([]menshen.PassID, len(r.Sequences))
	for i, n := range r.Sequences {
		ids[i] = menshen.PassID{Gate: r.Gate, Sequence: n}
	}
	return ids
}

func receiptFromWire(op string, m interface {
	GetGate() string
	GetSequences() []uint64
}) (Receipt, error) {
	r := Receipt{Gate: m.GetGate()}
	if err := checkID(op, "gate", r.Gate); err != nil {
		return Receipt{}, err
	}
	if len(m.GetSequences()) > MaxSequences {
		return Receipt{}, invalid(op, "it names %d passes, more than %d", len(m.GetSequences()), MaxSequences)
	}
	for _, n := range m.GetSequences() {
		if n == 0 {
			return Receipt{}, invalid(op, "it names a pass without a sequence")
		}
		r.Sequences = append(r.Sequences, n)
	}
	return r, nil
}

// ReceiptToWire converts a receipt.
func ReceiptToWire(r Receipt) *menshenv1.Receipt {
	return &menshenv1.Receipt{Gate: r.Gate, Sequences: r.Sequences}
}

// ReceiptFromWire converts a receipt.
func ReceiptFromWire(m *menshenv1.Receipt) (Receipt, error) {
	return receiptFromWire("proto.receipt", m)
}

// EncodeReceipt gives the bytes of a receipt.
func EncodeReceipt(r Receipt) ([]byte, error) {
	return encode("proto.receipt", r, ReceiptToWire, ReceiptFromWire)
}

// DecodeReceipt reads the bytes of a receipt.
func DecodeReceipt(b []byte) (Receipt, error) { return decode("proto.receipt", b, ReceiptFromWire) }

// ReconcileToWire converts a reconcile request.
func ReconcileToWire(r Receipt) *menshenv1.ReconcileRequest {
	return &menshenv1.ReconcileRequest{Gate: r.Gate, Sequences: r.Sequences}
}

// ReconcileFromWire converts a reconcile request.
func ReconcileFromWire(m *menshenv1.ReconcileRequest) (Receipt, error) {
	return receiptFromWire("proto.reconcile", m)
}

// EncodeReconcile gives the bytes of a reconcile request.
func EncodeReconcile(r Receipt) ([]byte, error) {
	return encode("proto.reconcile", r, ReconcileToWire, ReconcileFromWire)
}

// DecodeReconcile reads the bytes of a reconcile request.
func DecodeReconcile(b []byte) (Receipt, error) {
	return decode("proto.reconcile", b, ReconcileFromWire)
}
