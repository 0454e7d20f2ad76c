package main

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// printQR draws a text as a QR for a telephone to read off the terminal, and writes the text below. Two rows of modules
// are one row of characters; what is dark is left to the colours given, so that it is right on dark and light terminals.
func (a *app) printQR(text string) {
	const quiet = 2
	code, err := qr.Encode(text, qr.L)
	if err == nil && isTerminal(a.out) {
		dark := func(x, y int) bool {
			return x >= 0 && y >= 0 && x < code.Size && y < code.Size && code.Black(x, y)
		}
		for y := -quiet; y < code.Size+quiet; y += 2 {
			var line strings.Builder
			for x := -quiet; x < code.Size+quiet; x++ {
				switch upper, lower := dark(x, y), dark(x, y+1); {
				case upper && lower:
					line.WriteString("█")
				case upper:
					line.WriteString("▀")
				case lower:
					line.WriteString("▄")
				default:
					line.WriteString(" ")
				}
			}
			fmt.Fprintf(a.out, "\x1b[30;47m%s\x1b[0m\n", line.String())
		}
	}
	fmt.Fprintln(a.out, text)
}
