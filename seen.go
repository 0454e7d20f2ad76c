package menshen

import "time"

// Seen is what a camera saw in the latest frame that it looked at. Nobody is recognised yet.
type Seen struct {
	Captured      time.Time // zero where it has looked at none
	Width, Height int       // of the frame, pixels
	Faces         []Box
}
