//go:build matprofile

package camera_test

import (
	"testing"
	"time"

	"gocv.io/x/gocv"

	"menshen/camera"
)

// TestNoPictureIsLeft counts OpenCV's pictures: go test -tags matprofile -run Picture ./camera
func TestNoPictureIsLeft(t *testing.T) {
	det := mustDetector(t)
	before := gocv.MatProfile.Count()
	for range 3 {
		var got collector
		begin := time.Now()
		c := mustCameraAt(t, det, &got, func() time.Time { return begin }, camera.Config{Address: mustAddress(t, clip(t, "pair.mp4")), Offline: true})
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := gocv.MatProfile.Count(); n != before {
		t.Errorf("%d pictures before, %d after", before, n)
	}
}
