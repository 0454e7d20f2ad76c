package camera

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/probe"
)

const (
	// optionsKey is how OpenCV's FFmpeg back end takes options; gocv 0.31 has no other way.
	optionsKey = "OPENCV_FFMPEG_CAPTURE_OPTIONS"

	// ioLimit is how long FFmpeg waits for the network, and the probe for the camera.
	ioLimit = 5 * time.Second

	// quickLook is how much of a stream FFmpeg looks at before it gives pictures, at first. By itself it takes up to 5 s, of
	// which it throws the pictures away, and with them the key frame that the next ones need: a camera process that
	// was started again would see for seconds longer nothing. Most cameras say in advance what FFmpeg has to know.
	quickLook = 200 * time.Millisecond
)

// ffmpegOptions gives the options for an address: key;value pairs joined by "|". The key timeout is in µs and needs
// libavformat ≥ 59 (FFmpeg 5; Debian 12 has 5.1). Without nobuffer FFmpeg keeps what came while it found out about the
// stream, and every frame would be late by that. look is how much of a stream it looks at, 0 for what it likes. Files may lead
// to nothing but files, streams to no files and no web addresses.
func ffmpegOptions(a address.Address, t Transport, look time.Duration) string {
	if a.Kind() != address.KindStream {
		return "protocol_whitelist;file"
	}
	options := fmt.Sprintf("protocol_whitelist;rtsp,rtp,udp,tcp,tls,srtp|rtsp_transport;%s|timeout;%d|fflags;nobuffer|flags;low_delay", t, ioLimit.Microseconds())
	if look > 0 {
		options += fmt.Sprintf("|analyzeduration;%d", look.Microseconds())
	}
	return options
}

// open opens the camera. Of a stream it first asks the camera itself, which takes a round trip or two and knows why
// there is no video; FFmpeg only knows that it did not open.
func (c *Camera) open(ctx context.Context) (*gocv.VideoCapture, error) {
	a := c.cfg.Address
	if err := a.Check(); err != nil {
		return nil, err
	}
	var asked probe.Result
	if a.Kind() == address.KindStream {
		asking, cancel := context.WithTimeout(ctx, ioLimit)
		pinned, err := a.Pin(asking, net.DefaultResolver) // FFmpeg and the probe must not be led to different machines
		cancel()
		if err != nil {
			return nil, err
		}
		a = pinned
		asked = probe.Stream(ctx, a, ioLimit)
		if asked.Err != nil && asked.Sure {
			return nil, asked.Err
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	looks := []time.Duration{0}
	if a.Kind() == address.KindStream {
		looks = []time.Duration{quickLook, 0} // a camera that says little in advance takes the second one
	}
	for _, look := range looks {
		capture, err := c.openCapture(a, look)
		if capture != nil || err != nil {
			return capture, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, c.notOpened(asked)
}

// openCapture opens the address itself; nothing and no error where it does not open.
func (c *Camera) openCapture(a address.Address, look time.Duration) (capture *gocv.VideoCapture, err error) {
	// With cgo, Setenv sets the C environment too, which is the one that OpenCV reads.
	if err := os.Setenv(optionsKey, ffmpegOptions(a, c.cfg.Transport, look)); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "camera.open", "FFmpeg's options cannot be set").WithCause(err)
	}
	if a.Kind() == address.KindDevice {
		capture, err = gocv.VideoCaptureDeviceWithAPI(a.Device(), gocv.VideoCaptureV4L2)
	} else {
		capture, err = gocv.VideoCaptureFileWithAPI(a.Reveal(), gocv.VideoCaptureFFmpeg)
	}
	if err == nil {
		return capture, nil
	}
	// The error of gocv quotes the address with its password, so it is not kept as the cause.
	return nil, capture.Close()
}

// notOpened says why FFmpeg or V4L2 did not open an address.
func (c *Camera) notOpened(asked probe.Result) error {
	const op = "camera.open"
	a := c.cfg.Address
	switch a.Kind() {
	case address.KindDevice:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the video device %s cannot be opened", a).
			WithHint("close other programs that use it, or unplug it and plug it in again")
	case address.KindFile:
		return menshen.Errorf(menshen.CodeInvalid, op, "%s has no video that can be decoded", a).
			WithHint("look at it with ffprobe; ffmpeg -i FILE -c:v libx264 NEW.mp4 makes one that can")
	}
	if asked.Err != nil {
		return asked.Err
	}
	return c.undecodable(asked.Codecs)
}

// undecodable is the error of a stream that is there but gives no pictures.
func (c *Camera) undecodable(codecs []string) error {
	names := strings.Join(codecs, ", ")
	if !(probe.Result{Codecs: codecs}).Decodable() {
		return menshen.Errorf(menshen.CodeInvalid, "camera.open", "the video of %s has a codec that cannot be decoded (%s)", c.cfg.Address, names).
			WithHint("switch the camera's video to H.264")
	}
	other := TransportUDP
	if c.cfg.Transport == TransportUDP {
		other = TransportTCP
	}
	return menshen.Errorf(menshen.CodeUnavailable, "camera.open", "%s offers video (%s) but no picture of it can be decoded", c.cfg.Address, names).
		WithHint("try the transport %s, switch the camera's video to H.264, or restart the camera", other)
}

// errEnded is how a capture says that a file is over.
var errEnded = errors.New("the file has ended")
