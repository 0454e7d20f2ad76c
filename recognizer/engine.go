// Package recognizer turns pictures of faces into descriptors: one small Engine interface with two engines behind it
// (package opencv: YuNet and SFace through OpenCV's DNN module; package dlib: go-face), the operating points that say
// what a distance means, and the Worker that a recognizer process runs.
//
// This package is plain Go. The engines are leaf packages with native code, which runs in processes of its own; the
// gallery of templates is package gallery.
package recognizer

import (
	"context"

	"menshen"
)

// Engine finds faces and makes descriptors. One engine serves several goroutines at once; how many calls really run in
// parallel is its own choice. Where ctx ends before native code is entered, its error comes back as it is; native code
// under way is not interrupted. After Close every call fails with CodeUnavailable; Close waits for the calls under way.
type Engine interface {
	// ID says what the descriptors are: their length, their metric, and the network that made them.
	ID() menshen.EngineID

	// Detect finds the faces in a picture, largest first, coordinates in pixels of that picture. No face is an empty
	// slice and no error.
	Detect(ctx context.Context, p Picture) ([]menshen.Detection, error)

	// Align cuts out and straightens the face d of a picture for Embed. CodeInvalid where the face lies outside the
	// picture or its points make no face.
	Align(p Picture, d menshen.Detection) (Chip, error)

	// Embed makes the descriptor of an aligned face: ID().Dim numbers. CodeNotFound where the engine sees no face in the
	// chip: that is "no template", never "unknown person".
	Embed(ctx context.Context, c Chip) (menshen.Descriptor, error)

	Close() error
}

// Chip is an aligned face, made by an engine for itself. It shares no memory with the picture.
type Chip struct {
	Picture
	Engine menshen.EngineID
}
