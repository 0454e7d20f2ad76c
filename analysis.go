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
}
