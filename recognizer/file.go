package recognizer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"

	"menshen"
)

// CheckFile makes sure, before a native loader opens it, that a network's file is there and is the one that is meant:
// OpenCV ends the process on a file that is missing or broken. sha256Hex is lower-case; "" leaves the content
// unchecked. CodeMissing where there is no such file, CodeCorrupt where it is another one or empty.
func CheckFile(path, sha256Hex string) error {
	const op = "recognizer.file"
	f, err := os.Open(path)
	if err != nil {
		code := menshen.CodeUnavailable
		if errors.Is(err, fs.ErrNotExist) || path == "" {
			code = menshen.CodeMissing
		}
		return menshen.Errorf(code, op, "the network %q cannot be opened", path).
			WithHint("run: menshen models fetch").WithCause(err)
	}
	defer func() { _ = f.Close() }() // read only: nothing is lost
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return menshen.Errorf(menshen.CodeCorrupt, op, "the network %q is empty or no file", path).
			WithHint("run: menshen models verify").WithCause(err)
	}
	if sha256Hex == "" {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the network %q cannot be read", path).
			WithHint("check the disk").WithCause(err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != sha256Hex {
		return menshen.Errorf(menshen.CodeCorrupt, op, "the network %q is not the one that was verified (SHA-256 %.12s, not %.12s)", path, got, sha256Hex).
			WithHint("run: menshen models verify")
	}
	return nil
}
