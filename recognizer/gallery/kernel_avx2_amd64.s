#include "textflag.h"

DATA order<>+0(SB)/4, $0
DATA order<>+4(SB)/4, $4
DATA order<>+8(SB)/4, $1
DATA order<>+12(SB)/4, $5
DATA order<>+16(SB)/4, $2
DATA order<>+20(SB)/4, $6
DATA order<>+24(SB)/4, $3
DATA order<>+28(SB)/4, $7
GLOBL order<>(SB), RODATA|NOPTR, $32

// ADD4 adds the products of four bytes of four rows, widened to 16 bits, to two sums of each row.
#define ADD4(offset, sum) \
	VPMOVZXBW offset(SI)(R10*1), Y9 \
	VPMADDWD  Y8, Y9, Y9            \
	VPADDD    Y9, sum, sum

// SUM8 joins the two sums of each of eight rows, adds the base and shifts.
#define SUM8(low, high) \
	VPHADDD high, low, low  \
	VPERMQ  $0xd8, low, low \
	VPADDD  Y12, low, low   \
	VPSRLD  X13, low, low   \
	VPMINUD Y14, low, low

// func scanAVX2(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte)
TEXT ·scanAVX2(SB), NOSPLIT, $0-64
	MOVQ         codes+0(FP), SI
	MOVQ         groups+8(FP), CX
	MOVQ         quads+24(FP), R8
	MOVL         base+32(FP), AX
	VMOVD        AX, X12
	VPBROADCASTD X12, Y12
	MOVQ         shift+40(FP), AX
	VMOVQ        AX, X13
	MOVL         $255, AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	VMOVDQU      order<>(SB), Y15
	MOVQ         scores+48(FP), DI
	MOVQ         least+56(FP), R9
	MOVQ         R8, R13
	SHLQ         $8, R13          // bytes of a group

group:
	XORQ         R12, R12         // which half of the 64 rows
	VPCMPEQB     Y11, Y11, Y11

half:
	MOVQ  query+16(FP), DX
	MOVQ  R12, R10
	MOVQ  R8, R11
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

quad:
	VPBROADCASTD (DX), X8
	VPMOVSXBW    X8, Y8
	ADD4(0, Y0)
	ADD4(16, Y1)
	ADD4(32, Y2)
	ADD4(48, Y3)
	ADD4(64, Y4)
	ADD4(80, Y5)
	ADD4(96, Y6)
	ADD4(112, Y7)
	ADDQ         $4, DX
	ADDQ         $256, R10
	DECQ         R11
	JNZ          quad

	SUM8(Y0, Y1)
	SUM8(Y2, Y3)
	SUM8(Y4, Y5)
	SUM8(Y6, Y7)
	VPACKUSDW Y2, Y0, Y0
	VPACKUSDW Y6, Y4, Y4
	VPACKUSWB Y4, Y0, Y0
	VPERMD    Y0, Y15, Y0
	VMOVDQU   Y0, (DI)
	VPMINUB   Y0, Y11, Y11
	ADDQ      $32, DI
	ADDQ      $128, R12
	CMPQ      R12, $256
	JB        half

	VEXTRACTI128 $1, Y11, X0
	VPMINUB      X11, X0, X0
	VPSRLW       $8, X0, X1
	VPMINUB      X1, X0, X0
	VPHMINPOSUW  X0, X0
	VMOVD        X0, AX
	MOVB         AX, (R9)
	INCQ         R9
	ADDQ         R13, SI
	DECQ         CX
	JNZ          group
	VZEROUPPER
	RET

// func collectAVX2(scores *byte, groups int, limit byte, first uint32, rows *uint32) int
TEXT ·collectAVX2(SB), NOSPLIT, $0-40
	MOVQ         scores+0(FP), SI
	MOVQ         groups+8(FP), CX
	MOVBLZX      limit+16(FP), AX
	VMOVD        AX, X0
	VPBROADCASTB X0, Y0
	MOVL         first+20(FP), R8
	MOVQ         rows+24(FP), DI
	MOVQ         DI, R9

group:
	VMOVDQU   (SI), Y1
	VMOVDQU   32(SI), Y2
	VPMINUB   Y0, Y1, Y3
	VPMINUB   Y0, Y2, Y4
	VPCMPEQB  Y1, Y3, Y1
	VPCMPEQB  Y2, Y4, Y2
	VPMOVMSKB Y1, AX
	VPMOVMSKB Y2, BX
	SHLQ      $32, BX
	ORQ       BX, AX
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

// func distancesAVX2(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32)
TEXT ·distancesAVX2(SB), NOSPLIT, $0-40
	MOVQ query+0(FP), SI
	MOVQ stride+8(FP), DX
	MOVQ rows+16(FP), R8
	MOVQ n+24(FP), CX
	MOVQ squared+32(FP), DI
	SHLQ $2, DX               // bytes

row:
	MOVQ  (R8), R9
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	XORQ  BX, BX

two:
	VMOVUPS     (SI)(BX*1), Y2
	VMOVUPS     32(SI)(BX*1), Y3
	VSUBPS      (R9)(BX*1), Y2, Y2
	VSUBPS      32(R9)(BX*1), Y3, Y3
	VFMADD231PS Y2, Y2, Y0
	VFMADD231PS Y3, Y3, Y1
	ADDQ        $64, BX
	CMPQ        BX, DX
	JB          two

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

// func combineAVX2(sum, weights, matrix *float64, rows, cols int)
//
// Strips of 16 columns, two rows at a time.
TEXT ·combineAVX2(SB), NOSPLIT, $0-40
	MOVQ sum+0(FP), DI
	MOVQ matrix+16(FP), SI
	MOVQ cols+32(FP), R8
	MOVQ R8, R9
	SHLQ $3, R9               // bytes of a row

strip:
	MOVQ  weights+8(FP), DX
	MOVQ  rows+24(FP), CX
	MOVQ  SI, BX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

two:
	VBROADCASTSD (DX), Y8
	VBROADCASTSD 8(DX), Y9
	VFMADD231PD  (BX), Y8, Y0
	VFMADD231PD  32(BX), Y8, Y1
	VFMADD231PD  64(BX), Y8, Y2
	VFMADD231PD  96(BX), Y8, Y3
	ADDQ         R9, BX
	VFMADD231PD  (BX), Y9, Y4
	VFMADD231PD  32(BX), Y9, Y5
	VFMADD231PD  64(BX), Y9, Y6
	VFMADD231PD  96(BX), Y9, Y7
	ADDQ         R9, BX
	ADDQ         $16, DX
	SUBQ         $2, CX
	JNZ          two

	VADDPD  Y4, Y0, Y0
	VADDPD  Y5, Y1, Y1
	VADDPD  Y6, Y2, Y2
	VADDPD  Y7, Y3, Y3
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	ADDQ    $128, DI
	ADDQ    $128, SI
	SUBQ    $16, R8
	JNZ     strip
	VZEROUPPER
	RET
