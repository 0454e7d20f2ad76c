package shot

import (
	"image"
	"math"

	"menshen"
)

// Margin is what a crop shows around a face on each side unless told otherwise, as a share of the face's width and
// height: enough for the recognizer to find the face again. Liveness networks ask for more.
const Margin = 0.6

// MaxSide is the largest side of a crop in pixels. Crops are never scaled, so a larger face gets less margin.
const MaxSide = 640

// Crop gives the part of a frame of width×height pixels to cut out for a face, in whole pixels, clipped to the frame;
// empty where the face lies outside. margin is what to show around it, as Margin. A face that is itself larger than
// MaxSide is cut out without margin.
func Crop(face menshen.Box, margin float64, width, height int) image.Rectangle {
	mx, my := around(face.W, margin), around(face.H, margin)
	r := image.Rect(
		int(math.Floor(bound(face.X-mx))), int(math.Floor(bound(face.Y-my))),
		int(math.Ceil(bound(face.X+face.W+mx))), int(math.Ceil(bound(face.Y+face.H+my))),
	)
	return r.Intersect(image.Rect(0, 0, width, height))
}

// Whole reports whether a face lies in a frame of width×height pixels. A face that a side border cuts makes a poor
// template, whatever its size and sharpness; a little of the forehead or the chin may be missing.
func Whole(face menshen.Box, width, height int) bool {
	const missing = 0.1
	return face.X >= 0 && face.X+face.W <= float64(width) &&
		face.Y >= -missing*face.H && face.Y+face.H <= float64(height)+missing*face.H
}

// around is the margin of a side in pixels, less where the crop would become larger than MaxSide; one pixel is left for rounding.
func around(side, margin float64) float64 {
	return max(min(margin*side, (MaxSide-1-side)/2), 0)
}

// bound keeps a coordinate within what an int holds.
func bound(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, -1e6), 1e6)
}
