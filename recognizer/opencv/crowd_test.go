package opencv_test

import (
	"image"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/enginetest"
)

// TestFortyFaces: a group photograph gives every face, and each can be embedded.
func TestFortyFaces(t *testing.T) {
	e := mustEngine(t)
	p := mustPhotograph(t, "Yoko_Ono/Yoko_Ono_0003.jpg")
	row := enginetest.Beside(p, p, p, p, p, p, p, p)
	crowd := recognizer.Picture{Width: row.Width, Height: 5 * row.Height}
	for range 5 {
		crowd.Pix = append(crowd.Pix, row.Pix...)
	}
	found, err := e.Detect(t.Context(), crowd)
	if err != nil || len(found) < 40 {
		t.Fatalf("%d faces, %v", len(found), err)
	}
	for _, d := range found[:40] {
		chip, err := e.Align(crowd, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Embed(t.Context(), chip); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHalfAFace: of a face that the border cuts, whatever is left, there is a descriptor or a clear refusal, and the
// half is never nearer to somebody else than a threshold.
func TestHalfAFace(t *testing.T) {
	e := mustEngine(t)
	p := mustPhotograph(t, "Yoko_Ono/Yoko_Ono_0003.jpg")
	other := mustEmbed(t, e, "Jesse_Jackson/Jesse_Jackson_0003.jpg")
	for _, part := range []image.Rectangle{
		image.Rect(0, 0, 128, 250), image.Rect(128, 0, 250, 250), image.Rect(0, 0, 250, 128), image.Rect(0, 128, 250, 250), image.Rect(100, 0, 250, 140),
	} {
		half := enginetest.Cut(p, part)
		found, err := e.Detect(t.Context(), half)
		if err != nil {
			t.Errorf("%v: %v", part, err)
			continue
		}
		for _, d := range found {
			chip, err := e.Align(half, d)
			if menshen.ErrorCode(err) == menshen.CodeInvalid {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			descriptor, err := e.Embed(t.Context(), chip)
			if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
				t.Errorf("%v: %v", part, err)
			}
			if err == nil && descriptor.Distance(other) < 1 {
				t.Errorf("%v is taken for somebody else at %.2f", part, descriptor.Distance(other))
			}
		}
	}
}
