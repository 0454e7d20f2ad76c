#include "textflag.h"

// func scanAVX512(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte)
//
// Z0 to Z3 sum up 16 rows each; VPDPBUSD adds the products of four bytes without sign and four with sign.
TEXT ·scanAVX512(SB), NOSPLIT, $0-64
	MOVQ         codes+0(FP), SI
	MOVQ         groups+8(FP), CX
	MOVQ         query+16(FP), DX
	MOVQ         quads+24(FP), R8
	MOVL         base+32(FP), AX
	VPBROADCASTD AX, Z20
	MOVQ         shift+40(FP), AX
	VMOVQ        AX, X21
	MOVQ         scores+48(FP), DI
	MOVQ         least+56(FP), R9
	MOVL         $255, R12

group:
	VMOVDQA64 Z20, Z0
	VMOVDQA64 Z20, Z1
	VMOVDQA64 Z20, Z2
	VMOVDQA64 Z20, Z3
	MOVQ      DX, R10
	MOVQ      R8, R11

quad:
	VPBROADCASTD (R10), Z4
	VMOVDQU64    (SI), Z5
	VMOVDQU64    64(SI), Z6
	VMOVDQU64    128(SI), Z7
	VMOVDQU64    192(SI), Z8
	VPDPBUSD     Z4, Z5, Z0
	VPDPBUSD     Z4, Z6, Z1
	VPDPBUSD     Z4, Z7, Z2
	VPDPBUSD     Z4, Z8, Z3
	ADDQ         $256, SI
	ADDQ         $4, R10
	DECQ         R11
	JNZ          quad

	VPSRLD       X21, Z0, Z0
	VPSRLD       X21, Z1, Z1
	VPSRLD       X21, Z2, Z2
	VPSRLD       X21, Z3, Z3
	VPMOVUSDB    Z0, (DI)
	VPMOVUSDB    Z1, 16(DI)
	VPMOVUSDB    Z2, 32(DI)
	VPMOVUSDB    Z3, 48(DI)
	VPMINUD      Z1, Z0, Z0
	VPMINUD      Z3, Z2, Z2
	VPMINUD      Z2, Z0, Z0
	VPMOVUSDW    Z0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPMINUW      X1, X0, X0
	VPHMINPOSUW  X0, X0
	VMOVD        X0, AX
	MOVWLZX      AX, AX
	CMPL         AX, R12
	CMOVLHI      R12, AX
	MOVB         AX, (R9)
	ADDQ         $64, DI
	INCQ         R9
	DECQ         CX
	JNZ          group
	VZEROUPPER
	RET

// func collectAVX512(scores *byte, groups int, limit byte, first uint32, rows *uint32) int
TEXT ·collectAVX512(SB), NOSPLIT, $0-40
	MOVQ         scores+0(FP), SI
	MOVQ         groups+8(FP), CX
	MOVBLZX      limit+16(FP), AX
	VPBROADCASTB AX, Z0
	MOVL         first+20(FP), R8
	MOVQ         rows+24(FP), DI
	MOVQ         DI, R9

group:
	VMOVDQU64 (SI), Z1
	VPCMPUB   $2, Z0, Z1, K1
	KMOVQ     K1, AX
	TESTQ     AX, AX
	JZ        next

row:
	TZCNTQ AX, BX
	ADDL   R8, BX
	MOVL   BX, (DI)
	ADDQ   $4, DI
	BLSRQ  AX, AX
	JNZ    row

next:
	ADDQ $64, SI
	ADDL $64, R8
	DECQ CX
	JNZ  group
	SUBQ R9, DI
	SHRQ $2, DI
	MOVQ DI, ret+32(FP)
	VZEROUPPER
	RET

// func distancesAVX512(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32)
TEXT ·distancesAVX512(SB), NOSPLIT, $0-40
	MOVQ query+0(FP), SI
	MOVQ stride+8(FP), DX
	MOVQ rows+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ squared+32(FP), DI
	SHLQ $2, DX               // bytes

row:
	MOVQ   (R8), R9
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	XORQ   BX, BX
	TESTQ  $64, DX
	JZ     two
	VMOVUPS     (SI), Z2
	VSUBPS      (R9), Z2, Z2
	VMULPS      Z2, Z2, Z1
	MOVQ        $64, BX
	CMPQ        BX, DX
	JEQ         sum

two:
	VMOVUPS     (SI)(BX*1), Z2
	VMOVUPS     64(SI)(BX*1), Z3
	VSUBPS      (R9)(BX*1), Z2, Z2
	VSUBPS      64(R9)(BX*1), Z3, Z3
	VFMADD231PS Z2, Z2, Z0
	VFMADD231PS Z3, Z3, Z1
	ADDQ        $128, BX
	CMPQ        BX, DX
	JB          two

sum:
	VADDPS       Z1, Z0, Z0
	VEXTRACTF64X4 $1, Z0, Y1
	VADDPS       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VPERMILPS    $0x4e, X0, X1
	VADDPS       X1, X0, X0
	VPERMILPS    $0xb1, X0, X1
	VADDSS       X1, X0, X0
	VMOVSS       X0, (DI)
	ADDQ         $4, DI
	ADDQ         $8, R8
	DECQ         CX
	JNZ          row
	VZEROUPPER
	RET

// func combineAVX512(sum, weights, matrix *float64, rows, cols int)
//
// Strips of 16 columns, four rows at a time, so that eight sums run at once.
TEXT ·combineAVX512(SB), NOSPLIT, $0-40
	MOVQ sum+0(FP), DI
	MOVQ matrix+16(FP), SI
	MOVQ cols+32(FP), R8
	MOVQ R8, R9
	SHLQ $3, R9               // bytes of a row
	LEAQ (R9)(R9*2), R10      // of three

strip:
	MOVQ   weights+8(FP), DX
	MOVQ   rows+24(FP), CX
	MOVQ   SI, BX
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7

four:
	VBROADCASTSD (DX), Z8
	VBROADCASTSD 8(DX), Z9
	VBROADCASTSD 16(DX), Z10
	VBROADCASTSD 24(DX), Z11
	VFMADD231PD  (BX), Z8, Z0
	VFMADD231PD  64(BX), Z8, Z1
	VFMADD231PD  (BX)(R9*1), Z9, Z2
	VFMADD231PD  64(BX)(R9*1), Z9, Z3
	VFMADD231PD  (BX)(R9*2), Z10, Z4
	VFMADD231PD  64(BX)(R9*2), Z10, Z5
	VFMADD231PD  (BX)(R10*1), Z11, Z6
	VFMADD231PD  64(BX)(R10*1), Z11, Z7
	ADDQ         $32, DX
	LEAQ         (BX)(R9*4), BX
	SUBQ         $4, CX
	JNZ          four

	VADDPD  Z2, Z0, Z0
	VADDPD  Z3, Z1, Z1
	VADDPD  Z6, Z4, Z4
	VADDPD  Z7, Z5, Z5
	VADDPD  Z4, Z0, Z0
	VADDPD  Z5, Z1, Z1
	VMOVUPD Z0, (DI)
	VMOVUPD Z1, 64(DI)
	ADDQ    $128, DI
	ADDQ    $128, SI
	SUBQ    $16, R8
	JNZ     strip
	VZEROUPPER
	RET
