package opencv

import (
	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/quality"
)

// Decode reads a JPEG or PNG picture within the limits of package recognizer and turns it upright as its EXIF says.
// Grey pictures and those with transparency or 16 bits come out as 8-bit colour.
func Decode(data []byte) (recognizer.Picture, error) {
	if _, _, err := recognizer.CheckHeader(data); err != nil {
		return recognizer.Picture{}, err
	}
	m, err := gocv.IMDecode(data, gocv.IMReadColor)
	if err != nil {
		return recognizer.Picture{}, damaged().WithCause(err)
	}
	defer m.Close()
	if m.Empty() || m.Type() != gocv.MatTypeCV8UC3 {
		return recognizer.Picture{}, damaged()
	}
	return recognizer.Picture{Width: m.Cols(), Height: m.Rows(), Pix: m.ToBytes()}, nil
}

func damaged() *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, "opencv.decode", "the picture is damaged").
		WithHint("open it in a picture viewer and save it as JPEG")
}

// Assessor measures the quality of a face in a frame for the camera process. Safe for concurrent use.
type Assessor struct{}

// Assess gives the quality of the face d in an 8-bit BGR frame; the zero Quality for any other Mat.
func (Assessor) Assess(frame gocv.Mat, d menshen.Detection) menshen.Quality {
	if frame.Empty() || frame.Type() != gocv.MatTypeCV8UC3 || !frame.IsContinuous() {
		return menshen.Quality{}
	}
	pix, err := frame.DataPtrUint8()
	if err != nil {
		return menshen.Quality{}
	}
	return quality.Measure(quality.View{Pix: pix, Width: frame.Cols(), Height: frame.Rows(), Stride: frame.Step()}, d)
}
