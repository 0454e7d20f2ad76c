// Package randomnet writes files of networks in the formats that go-face opens, of the same architecture as the real
// ones and with random parameters: so loading, pooling, closing and damaged files are tested on every machine. What they
// compute means nothing. For tests only.
package randomnet

// #cgo CXXFLAGS: -std=c++17 -O1 -DNDEBUG
// #cgo LDFLAGS: -ldlib -lblas -lcblas -llapack
// #include <stdlib.h>
// #include "randomnet.h"
import "C"

import (
	"unsafe"

	"menshen"
)

// Write makes the three files in a folder that exists, about 23 MB.
func Write(folder, embedder, landmarks, detector string) error {
	var args [4]*C.char
	for i, s := range []string{folder, embedder, landmarks, detector} {
		args[i] = C.CString(s)
		defer C.free(unsafe.Pointer(args[i]))
	}
	failure := C.randomnet_write(args[0], args[1], args[2], args[3])
	if failure == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(failure))
	return menshen.Errorf(menshen.CodeInternal, "randomnet.write", "random networks cannot be written to %q: %s", folder, C.GoString(failure))
}
