package gallery

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// kernels gives what this processor can do, the fastest first.
func kernels() (all []kernel) {
	if x := cpu.X86; x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512VNNI && x.HasBMI1 {
		all = append(all, kernel{
			name: "avx512vnni", scan: scanAVX512, collect: collectAVX512, distances: distancesAVX512, combine: combineAVX512,
		})
	}
	if x := cpu.X86; x.HasAVX2 && x.HasFMA && x.HasBMI1 {
		all = append(all, kernel{
			name: "avx2", scan: scanAVX2, collect: collectAVX2, distances: distancesAVX2, combine: combineAVX2,
		})
	}
	return append(all, plain())
}

//go:noescape
func scanAVX512(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte)

//go:noescape
func collectAVX512(scores *byte, groups int, limit byte, first uint32, rows *uint32) int

//go:noescape
func distancesAVX512(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32)

//go:noescape
func combineAVX512(sum, weights, matrix *float64, rows, cols int)

//go:noescape
func scanAVX2(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte)

//go:noescape
func collectAVX2(scores *byte, groups int, limit byte, first uint32, rows *uint32) int

//go:noescape
func distancesAVX2(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32)

//go:noescape
func combineAVX2(sum, weights, matrix *float64, rows, cols int)
