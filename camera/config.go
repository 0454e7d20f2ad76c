package camera

import (
	"time"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/motion"
	"menshen/camera/region"
	"menshen/camera/shot"
	"menshen/camera/track"
)

// Transport is how the packets of an RTSP stream travel.
type Transport string

const (
	TransportTCP Transport = "tcp" // inside the RTSP connection: nothing is lost, for all networks
	TransportUDP Transport = "udp" // for networks without loss where every millisecond counts
)

// Config says how one camera is read. Zero fields take the default named.
type Config struct {
	Camera    string          // its id, a slug
	Address   address.Address // where it is read from
	Transport Transport       // of an RTSP stream; tcp if ""; rtsps is always tcp
	Loop      bool            // a file begins again when it ends
	Offline   bool            // a file is not played in real time but as fast as it can be looked at, dropping nothing; times are as if played from the start of Run

	Rate    float64       // analyses a second, 0.5 … 25; 5 if 0. A new face is looked at again in the next frame, whatever the rate
	Side    int           // longer side of the picture that is searched for faces, px, 160 … 1920; 640 if 0
	Region  region.Region // faces whose centre lies outside are ignored; all count if empty
	Recheck time.Duration // a picture without motion is searched this often all the same; 2 s if 0, at most 60 s

	Motion motion.Config
	Track  track.Config
	Shot   shot.Config
}

func (c Config) withDefaults() Config {
	if c.Transport == "" || c.Address.Secure() {
		c.Transport = TransportTCP
	}
	if c.Rate == 0 {
		c.Rate = 5
	}
	if c.Side == 0 {
		c.Side = 640
	}
	if c.Recheck == 0 {
		c.Recheck = 2 * time.Second
	}
	c.Shot = c.Shot.WithDefaults()
	return c
}

// Validate checks the ranges, and that a file or a device is there.
func (c Config) Validate() error {
	const op = "camera.config"
	c = c.withDefaults()
	if err := menshen.ValidateSlug("camera", c.Camera); err != nil {
		return err
	}
	switch {
	case c.Transport != TransportTCP && c.Transport != TransportUDP:
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: the transport %q is unknown", c.Camera, c.Transport).WithHint("use tcp or udp")
	case !(c.Rate >= 0.5 && c.Rate <= 25):
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: %g analyses a second are out of range", c.Camera, c.Rate).WithHint("use 0.5 to 25, usually 5")
	case c.Side < 160 || c.Side > 1920:
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: the side of %d px is out of range", c.Camera, c.Side).WithHint("use 160 to 1920, usually 640")
	case c.Recheck < 0 || c.Recheck > time.Minute:
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: the recheck of %s is out of range", c.Camera, c.Recheck).WithHint("use at most 60s, usually 2s")
	}
	if c.Address.Kind() != address.KindFile && (c.Loop || c.Offline) {
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: only a file can be looped or read offline", c.Camera).
			WithHint("leave loop and offline out, or give the path of a video file as the address")
	}
	if c.Loop && c.Offline {
		return menshen.Errorf(menshen.CodeInvalid, op, "camera %s: a file cannot be both looped and read offline", c.Camera).WithHint("leave one of the two out")
	}
	for _, check := range []func() error{c.Region.Validate, c.Shot.Validate, c.Address.Check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Component is the name that a camera reports under.
func Component(camera string) string { return "camera-" + camera }
