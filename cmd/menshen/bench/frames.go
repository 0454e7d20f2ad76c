package bench

import (
	"errors"
	"image"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/motion"
	"menshen/camera/shot"
	"menshen/recognizer"
	"menshen/recognizer/opencv"
)

// The sizes that cameras work with by default: see package camera.
var (
	smallSize = image.Pt(640, 360) // padded by the detector to 640×384
	tinySize  = image.Pt(160, 90)
)

const (
	framesKept  = 48 // frames of the clip that are kept for the stages after decoding
	cropQuality = 92 // of JPEG crops
)

// frameKept is a frame of the clip, and reduced to what is searched for faces.
type frameKept struct{ full, small gocv.Mat }

// footage is the clip prepared for measuring.
type footage struct {
	frames []frameKept
	faces  []faceKept
}

// faceKept is one face of a kept frame.
type faceKept struct {
	frame gocv.Mat
	found menshen.Detection
	crop  []byte
	local menshen.Detection // in pixels of the crop
}

// decode measures decoding with and without making a picture, and keeps frames from all over the clip.
func (b *footage) decode(w *stopwatch, clip string) (err error) {
	capture, err := gocv.VideoCaptureFileWithAPI(clip, gocv.VideoCaptureFFmpeg)
	if err != nil {
		return errors.Join(undecodableClip(clip), capture.Close())
	}
	defer func() { err = errors.Join(err, capture.Close()) }()
	total := int(capture.Get(gocv.VideoCaptureFrameCount))
	picture := gocv.NewMat()
	defer picture.Close()
	rewind := func(i int) {
		if total > 0 && i%total == 0 {
			capture.Set(gocv.VideoCapturePosFrames, 0)
		}
	}
	read := func() error {
		if !capture.Read(&picture) || picture.Empty() || picture.Type() != gocv.MatTypeCV8UC3 {
			return undecodableClip(clip)
		}
		return nil
	}
	rewind(0)
	every := max(total/framesKept, 1)
	for i := range total {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if read() != nil {
			break // containers may promise a frame more than there is
		}
		if i%every == 0 && len(b.frames) < framesKept {
			b.frames = append(b.frames, frameKept{full: picture.Clone(), small: gocv.NewMat()})
		}
		total = i + 1
	}
	if len(b.frames) == 0 {
		return undecodableClip(clip)
	}
	rewind(0)
	if err := w.measure("decode, to a picture", "frame", func(i int) error { rewind(i); return read() }); err != nil {
		return err
	}
	rewind(0)
	return w.measure("decode only", "frame", func(i int) error { rewind(i); capture.Grab(1); return nil })
}

// look measures the motion gate and the search for faces.
func (b *footage) look(w *stopwatch, detector *opencv.Detector) error {
	at := func(i int) *frameKept { return &b.frames[i%len(b.frames)] }
	err := w.measure("reduce to 640×360", "frame", func(i int) error {
		f := at(i)
		gocv.Resize(f.full, &f.small, smallSize, 0, 0, gocv.InterpolationArea)
		return nil
	})
	if err != nil {
		return err
	}
	gate, err := motion.New(motion.Config{})
	if err != nil {
		return err
	}
	tiny, grey := gocv.NewMat(), gocv.NewMat()
	defer tiny.Close()
	defer grey.Close()
	for i := range b.frames {
		gocv.Resize(b.frames[i].full, &b.frames[i].small, smallSize, 0, 0, gocv.InterpolationArea)
	}
	err = w.measure("motion gate", "frame", func(i int) error {
		gocv.Resize(at(i).small, &tiny, tinySize, 0, 0, gocv.InterpolationArea)
		gocv.CvtColor(tiny, &grey, gocv.ColorBGRToGray)
		pix, err := grey.DataPtrUint8()
		if err == nil {
			gate.Moved(pix, grey.Cols(), time.Unix(int64(i), 0))
		}
		return err
	})
	if err != nil {
		return err
	}
	err = w.measure("find faces, 640×384", "frame", func(i int) error {
		_, err := detector.Detect(at(i).small)
		return err
	})
	if err != nil {
		return err
	}
	for i := range b.frames {
		f := &b.frames[i]
		found, err := detector.Detect(f.small)
		if err != nil {
			return err
		}
		for _, d := range found {
			d = d.Scaled(float64(f.full.Cols())/float64(smallSize.X), menshen.Point{})
			if shot.Whole(d.Box, f.full.Cols(), f.full.Rows()) {
				b.faces = append(b.faces, faceKept{frame: f.full, found: d})
			}
		}
	}
	if len(b.faces) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "no face is found in the clip").WithHint("give a clip of people who walk up to the camera with --clip")
	}
	return nil
}

// cut measures what happens to a face that is worth sending.
func (b *footage) cut(w *stopwatch) error {
	at := func(i int) *faceKept { return &b.faces[i%len(b.faces)] }
	assessor := opencv.Assessor{}
	if err := w.measure("quality", "face", func(i int) error { assessor.Assess(at(i).frame, at(i).found); return nil }); err != nil {
		return err
	}
	encode := func(i int) error {
		f := at(i)
		part := shot.Crop(f.found.Box, f.frame.Cols(), f.frame.Rows())
		view := f.frame.Region(part)
		defer view.Close()
		buf, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, view, []int{gocv.IMWriteJpegQuality, cropQuality})
		if err != nil {
			return menshen.Errorf(menshen.CodeInternal, "cmd.bench", "a picture cannot be encoded").WithCause(err)
		}
		defer buf.Close()
		f.crop = append(f.crop[:0], buf.GetBytes()...)
		f.local = f.found.Scaled(1, menshen.Point{X: -float64(part.Min.X), Y: -float64(part.Min.Y)})
		return nil
	}
	if err := w.measure("cut out, JPEG", "face", encode); err != nil {
		return err
	}
	for i := range b.faces {
		if err := encode(i); err != nil {
			return err
		}
	}
	return nil
}

// recognise measures what the recognizer does with a face.
func (b *footage) recognise(w *stopwatch, engine recognizer.Engine) error {
	at := func(i int) *faceKept { return &b.faces[i%len(b.faces)] }
	if err := w.measure("JPEG to a picture", "face", func(i int) error { _, err := opencv.Decode(at(i).crop); return err }); err != nil {
		return err
	}
	chips := make([]recognizer.Chip, len(b.faces))
	pictures := make([]recognizer.Picture, len(b.faces))
	for i := range b.faces {
		var err error
		if pictures[i], err = opencv.Decode(b.faces[i].crop); err != nil {
			return err
		}
		if chips[i], err = engine.Align(pictures[i], b.faces[i].local); err != nil {
			return err
		}
	}
	err := w.measure("align", "face", func(i int) error {
		i %= len(chips)
		_, err := engine.Align(pictures[i], b.faces[i].local)
		return err
	})
	if err != nil {
		return err
	}
	return w.measure("embed", "face", func(i int) error {
		_, err := engine.Embed(w.ctx, chips[i%len(chips)])
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			return nil // dlib looks for the face once more and may miss it; the time counts all the same
		}
		return err
	})
}

// close frees the pictures.
func (b *footage) close() error {
	var errs []error
	for _, f := range b.frames {
		errs = append(errs, f.full.Close(), f.small.Close())
	}
	return errors.Join(errs...)
}
