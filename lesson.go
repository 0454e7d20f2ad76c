package menshen

import "time"

// Lesson is a sure pass to learn a face from: somebody was let in by their face without a doubt.
type Lesson struct {
	Person     string
	Engine     EngineID
	Descriptor Descriptor // of the best face
	Quality    float64    // of that face, 0 … 1
	Masked     bool       // it was covered
	Captured   time.Time
}
