package opencv_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"menshen/recognizer"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/opencv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mobileFaceNet = "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c"

func config(tb testing.TB) opencv.Config {
	tb.Helper()
	models := enginetest.MustShared(tb, "models")
	return opencv.Config{
		Detector: filepath.Join(models, "yunet.onnx"), Embedder: filepath.Join(models, "mobilefacenet.onnx"),
		EmbedderHash: mobileFaceNet, Networks: 2,
	}
}

func mustOpen(tb testing.TB) recognizer.Engine {
	tb.Helper()
	e, err := opencv.New(config(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// mustEngine opens an engine for one test.
func mustEngine(tb testing.TB) recognizer.Engine {
	tb.Helper()
	e := mustOpen(tb)
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return e
}
