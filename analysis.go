package menshen

// Analysis is what a recognizer found in a still photograph.
type Analysis struct {
	Engine        EngineID
	Width, Height int            // of the upright picture, in pixels
	Faces         []AnalysedFace // largest first; empty where there is none
}

// AnalysedFace is one face of a still photograph.
type AnalysedFace struct {
	Detection
	Quality    Quality
	Descriptor Descriptor // empty where no template could be made
	Refusal    string     // why there is no descriptor; "" where there is one
	Masked     bool       // mouth and nose are covered
	// Drawn are the descriptors of the same face under masks of several kinds, drawn on it; for the largest face, if it is
	// not covered.
	Drawn []Descriptor
}
