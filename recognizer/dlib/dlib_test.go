package dlib_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"menshen/recognizer"
	"menshen/recognizer/dlib"
	"menshen/recognizer/dlib/randomnet"
	"menshen/recognizer/enginetest"
)

// random is a folder of networks of random numbers, made once for all tests.
var random struct {
	once   sync.Once
	folder string
	err    error
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if random.folder != "" {
			_ = os.RemoveAll(random.folder)
		}
		os.Exit(code)
	}))
}

func mustRandom(tb testing.TB) string {
	tb.Helper()
	random.once.Do(func() {
		//nolint:usetesting // it lives as long as all tests do
		if random.folder, random.err = os.MkdirTemp("", "menshen-randomnet-"); random.err == nil {
			random.err = randomnet.Write(random.folder, dlib.FileNetwork, dlib.FileLandmarks, dlib.FileDetector)
		}
	})
	if random.err != nil {
		tb.Fatal(random.err)
	}
	return random.folder
}

func mustHash(tb testing.TB, folder string) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(folder, dlib.FileNetwork))
	if err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mustOpen(tb testing.TB, folder string) recognizer.Engine {
	tb.Helper()
	e, err := dlib.New(dlib.Config{Folder: folder, ModelHash: mustHash(tb, folder), Recognizers: 2})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// mustEngine opens an engine for one test.
func mustEngine(tb testing.TB, folder string) recognizer.Engine {
	tb.Helper()
	e := mustOpen(tb, folder)
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return e
}

func mustStandIn(tb testing.TB) string {
	tb.Helper()
	return enginetest.MustShared(tb, "models", "dlib-standin")
}
