package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// codeView is a QR as a picture of lines: one path, a unit for each module, so that it is sharp at any size.
type codeView struct {
	Size int // of a side in modules, quiet zone included
	Path string
}

// quiet is the empty border that readers need, in modules (ISO/IEC 18004).
const quiet = 4

// newCodeView draws a text, nil for none or one that does not fit.
func newCodeView(text string) *codeView {
	if text == "" {
		return nil
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return &codeView{Size: code.Size + 2*quiet, Path: path.String()}
}
