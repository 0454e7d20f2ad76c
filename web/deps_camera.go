package web

import (
	"context"

	"menshen"
)

// Cameras tries cameras and keeps them in the configuration file. Safe for concurrent use.
type Cameras interface {
	// CameraSetup gives the cameras of the file, passwords left out.
	CameraSetup(ctx context.Context) (CameraSetup, error)
	// TryCamera takes one picture. A source with *** takes the password of the camera of that id in the file.
	TryCamera(ctx context.Context, c CameraSettings) (CameraPicture, error)
	// PutCamera writes a camera into the file, in place of the one of its id if there is one.
	PutCamera(ctx context.Context, c CameraSettings) error
	RemoveCamera(ctx context.Context, id string) error
	DiscoverCameras(ctx context.Context) ([]FoundCamera, error)
	// Restart starts everything anew once the answer is given.
	Restart(ctx context.Context) error
}

// CameraSettings is a camera as the configuration file has it.
type CameraSettings struct {
	ID, Gate, Direction, Source, Transport string

	Rate    float64 // pictures looked at a second
	Width   int     // pixels at which they are searched
	MinFace int     // pixels
	Region  []menshen.Point
}

// CameraSetup is all cameras of the file, and how they are.
type CameraSetup struct {
	File          string // "" where there is none
	Cameras       []CameraState
	RestartNeeded bool // the file was changed since the start
}

// CameraState is a camera of the file, and its last report if it runs.
type CameraState struct {
	CameraSettings

	Running bool // with these settings
	Status  CameraStatus
}

// CameraPicture is one picture, with the faces in it in its pixels.
type CameraPicture struct {
	JPEG                                   []byte
	Width, Height, FrameWidth, FrameHeight int
	Faces                                  []menshen.Detection
}

// FoundCamera is what a camera in the local network said of itself.
type FoundCamera struct{ Name, Hardware, Host, Service, Source string }
