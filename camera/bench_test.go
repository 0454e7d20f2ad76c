package camera_test

import (
	"image"
	"testing"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/shot"
	"menshen/recognizer/opencv"
)

// mustFrame gives the frame of a clip in which the first person stands at the gate.
func mustFrame(tb testing.TB) gocv.Mat {
	tb.Helper()
	c, err := gocv.VideoCaptureFileWithAPI(clip(tb, "walkin.mp4"), gocv.VideoCaptureFFmpeg)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	m := gocv.NewMat()
	tb.Cleanup(func() { _ = m.Close() })
	c.Grab(50)
	if !c.Read(&m) {
		tb.Fatal("the clip has no frame 50")
	}
	return m
}

// benchmarkDecode reads a clip of 1280×720 again and again; one operation is one frame.
func benchmarkDecode(b *testing.B, next func(c *gocv.VideoCapture, m *gocv.Mat) bool) {
	c, err := gocv.VideoCaptureFileWithAPI(clip(b, "walkin.mp4"), gocv.VideoCaptureFFmpeg)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	m := gocv.NewMat()
	defer m.Close()
	n := 0
	for b.Loop() {
		if n++; n%250 == 0 {
			c.Set(gocv.VideoCapturePosFrames, 0)
		}
		if !next(c, &m) {
			b.Fatal("no frame")
		}
	}
}

func BenchmarkDecodeToPicture(b *testing.B) {
	benchmarkDecode(b, func(c *gocv.VideoCapture, m *gocv.Mat) bool { return c.Read(m) })
}

func BenchmarkDecodeOnly(b *testing.B) {
	benchmarkDecode(b, func(c *gocv.VideoCapture, _ *gocv.Mat) bool { c.Grab(1); return true })
}

func BenchmarkResizeAndDetect(b *testing.B) {
	frame, det := mustFrame(b), mustDetector(b)
	small := gocv.NewMat()
	defer small.Close()
	b.ReportAllocs()
	for b.Loop() {
		gocv.Resize(frame, &small, image.Pt(640, 360), 0, 0, gocv.InterpolationArea)
		if faces, err := det.Detect(small); err != nil || len(faces) != 1 {
			b.Fatalf("%d faces, %v", len(faces), err)
		}
	}
}

func BenchmarkResize(b *testing.B) {
	frame := mustFrame(b)
	small := gocv.NewMat()
	defer small.Close()
	for b.Loop() {
		gocv.Resize(frame, &small, image.Pt(640, 360), 0, 0, gocv.InterpolationArea)
	}
}

func BenchmarkAssessAndCrop(b *testing.B) {
	frame, det := mustFrame(b), mustDetector(b)
	faces, err := det.Detect(frame)
	if err != nil || len(faces) == 0 {
		b.Fatalf("%d faces, %v", len(faces), err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if (opencv.Assessor{}).Assess(frame, faces[0]) == (menshen.Quality{}) {
			b.Fatal("no quality")
		}
		view := frame.Region(shot.Crop(faces[0].Box, shot.Margin, frame.Cols(), frame.Rows()))
		buf, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, view, []int{gocv.IMWriteJpegQuality, 92})
		if err != nil {
			b.Fatal(err)
		}
		buf.Close()
		_ = view.Close()
	}
}
