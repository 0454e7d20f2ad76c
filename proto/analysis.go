package proto

import (
	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

const (
	// MaxImage is the largest photograph in bytes that can be sent for analysis.
	MaxImage = 24<<20 - 64<<10
	// maxFaces bounds the faces of one photograph.
	maxFaces = 1024
	// maxDrawn bounds the drawn masks of one face.
	maxDrawn = 32
)

// EncodeAnalyseRequest gives the bytes of a request to find the faces of a photograph (JPEG or PNG, not looked at here).
func EncodeAnalyseRequest(image []byte) ([]byte, error) {
	const op = "proto.analyse"
	if err := checkImage(op, image); err != nil {
		return nil, err
	}
	b, err := proto.Marshal(&menshenv1.AnalyseRequest{Image: image})
	if err != nil {
		return nil, invalid(op, "it cannot be put into a message").WithCause(err)
	}
	return b, nil
}

// DecodeAnalyseRequest reads the photograph out of a request.
func DecodeAnalyseRequest(b []byte) ([]byte, error) {
	const op = "proto.analyse"
	return decode(op, b, func(m *menshenv1.AnalyseRequest) ([]byte, error) {
		if err := checkImage(op, m.GetImage()); err != nil {
			return nil, err
		}
		return m.GetImage(), nil
	})
}

func checkImage(op string, image []byte) error {
	if len(image) == 0 {
		return invalid(op, "the photograph is empty").WithHint("give a JPEG or PNG file")
	}
	if len(image) > MaxImage {
		return invalid(op, "the photograph has %d bytes, more than %d", len(image), MaxImage).WithHint("make it smaller: 2000 pixels on the longer side are enough")
	}
	return nil
}

// AnalysisToWire converts what was found, or why nothing could be.
func AnalysisToWire(a menshen.Analysis, failure error) *menshenv1.AnalyseResponse {
	if failure != nil {
		m := &menshenv1.AnalyseResponse{}
		m.ErrorCode, m.ErrorMessage, m.ErrorHint = ErrorToWire(failure)
		return m
	}
	m := &menshenv1.AnalyseResponse{Engine: EngineToWire(a.Engine), Width: countToWire(a.Width), Height: countToWire(a.Height)}
	for _, f := range a.Faces {
		m.Faces = append(m.Faces, &menshenv1.AnalysedFace{
			Box: boxToWire(f.Box), Landmarks: landmarksToWire(f.Landmarks), Score: f.Score, Quality: qualityToWire(f.Quality),
			Descriptor_: descriptorToWire(f.Descriptor), Refusal: f.Refusal, Masked: f.Masked,
		})
		for _, d := range f.Drawn {
			last := m.Faces[len(m.Faces)-1]
			last.Drawn = append(last.Drawn, descriptorToWire(d))
		}
	}
	return m
}

// AnalysisFromWire gives what was found, or the other side's error.
func AnalysisFromWire(m *menshenv1.AnalyseResponse) (menshen.Analysis, error) {
	const op = "proto.analyse"
	if err := ErrorFromWire("bus.analyse", m.GetErrorCode(), m.GetErrorMessage(), m.GetErrorHint()); err != nil {
		return menshen.Analysis{}, err
	}
	var a menshen.Analysis
	var err error
	if a.Engine, err = EngineFromWire(m.GetEngine()); err != nil {
		return menshen.Analysis{}, err
	}
	if a.Width, err = countFromWire(op, "the width", m.GetWidth()); err != nil {
		return menshen.Analysis{}, err
	}
	if a.Height, err = countFromWire(op, "the height", m.GetHeight()); err != nil {
		return menshen.Analysis{}, err
	}
	if a.Engine.Dim == 0 || a.Width == 0 || a.Height == 0 {
		return menshen.Analysis{}, invalid(op, "an analysis comes without its engine or the size of the picture")
	}
	if len(m.GetFaces()) > maxFaces {
		return menshen.Analysis{}, invalid(op, "an analysis has %d faces, more than %d", len(m.GetFaces()), maxFaces)
	}
	for _, fm := range m.GetFaces() {
		f := menshen.AnalysedFace{Refusal: fm.GetRefusal(), Masked: fm.GetMasked()}
		if err = checkText(op, "the refusal", f.Refusal); err != nil {
			return menshen.Analysis{}, err
		}
		if f.Detection, err = detectionFromWire(op, fm.GetBox(), fm.GetLandmarks(), fm.GetScore()); err != nil {
			return menshen.Analysis{}, err
		}
		if f.Quality, err = qualityFromWire(op, fm.GetQuality()); err != nil {
			return menshen.Analysis{}, err
		}
		if f.Descriptor, err = descriptorFromWire(op, fm.GetDescriptor_(), a.Engine); err != nil {
			return menshen.Analysis{}, err
		}
		if len(fm.GetDrawn()) > maxDrawn {
			return menshen.Analysis{}, invalid(op, "a face has %d drawn masks, more than %d", len(fm.GetDrawn()), maxDrawn)
		}
		for _, raw := range fm.GetDrawn() {
			d, err := descriptorFromWire(op, raw, a.Engine)
			if err != nil {
				return menshen.Analysis{}, err
			}
			f.Drawn = append(f.Drawn, d)
		}
		a.Faces = append(a.Faces, f)
	}
	return a, nil
}

// EncodeAnalysis gives the bytes of an answer. An analysis that cannot be sent goes as the error that says so.
func EncodeAnalysis(a menshen.Analysis, failure error) []byte {
	if failure == nil {
		b, err := encode("proto.analyse", a, func(a menshen.Analysis) *menshenv1.AnalyseResponse { return AnalysisToWire(a, nil) }, AnalysisFromWire)
		if err == nil {
			return b
		}
		failure = menshen.Errorf(menshen.CodeInternal, "proto.analyse", "the recognizer's answer cannot be sent").
			WithHint("report it, with the log of the recognizer").WithCause(err)
	}
	b, err := proto.Marshal(AnalysisToWire(menshen.Analysis{}, failure))
	if err != nil { // cannot be: clip leaves nothing but UTF-8
		return nil
	}
	return b
}

// DecodeAnalysis reads an answer: what was found, or the other side's error.
func DecodeAnalysis(b []byte) (menshen.Analysis, error) {
	return decode("proto.analyse", b, AnalysisFromWire)
}
