package recognizer

// Why a face has no descriptor, as stable words for Face.Refusal and AnalysedFace.Refusal.
const (
	RefusalUnreadable = "unreadable_picture" // the picture cannot be decoded
	RefusalMisplaced  = "misplaced_face"     // the face lies outside the picture, or its points make no face
	RefusalTooSmall   = "too_small"          // too few pixels to recognise anybody by
	RefusalNoFace     = "no_face"            // the engine sees no face where the detector saw one
	RefusalOverloaded = "overloaded"         // dropped for newer ones, the recognizer cannot keep up
	RefusalFailed     = "failed"             // the engine failed; the log says how
)
