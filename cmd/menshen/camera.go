package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/bus"
	"menshen/camera"
	"menshen/camera/address"
	"menshen/camera/shot"
	"menshen/config"
	"menshen/proto"
	"menshen/recognizer/opencv"
	"menshen/supervisor"
)

// cameraSettings is what the hub tells a camera process.
type cameraSettings struct {
	Link      link
	Camera    string
	Source    string // with its password
	Transport string
	Rate      float64
	Side      int
	MinFace   int
	Region    [][2]float64
	Loop      bool
	Detector  string  // path of YuNet, verified
	Margin    float64 // around a face, see shot.Config; 0 for the default
}

func cameraSettingsOf(cam config.Camera, detector string, l link) cameraSettings {
	return cameraSettings{
		Link: l, Camera: cam.ID, Source: cam.Source.Reveal(), Transport: cam.Transport, Rate: cam.AnalyseRate, Side: cam.Width,
		MinFace: cam.MinFace, Region: cam.Region, Loop: cam.Loop, Detector: detector,
	}
}

func (s cameraSettings) camera() (camera.Config, error) {
	at, err := address.Parse(s.Source)
	if err != nil {
		return camera.Config{}, err
	}
	c := camera.Config{
		Camera: s.Camera, Address: at, Transport: camera.Transport(s.Transport), Loop: s.Loop, Rate: s.Rate, Side: s.Side,
		Shot: shot.Config{MinFace: float64(s.MinFace), Margin: s.Margin},
	}
	for _, p := range s.Region {
		c.Region = append(c.Region, menshen.Point{X: p[0], Y: p[1]})
	}
	return c, nil
}

// Redact implements supervisor.Redactor.
func (s cameraSettings) Redact(line string) string {
	if at, err := address.Parse(s.Source); err == nil {
		line = at.Hide(line)
	}
	return s.Link.redact(line)
}

func (a *app) cameraCommand() *cobra.Command {
	var source, transport string
	var supervised, still bool
	c := &cobra.Command{
		Use: "camera [ID]", Short: "Try a camera: print the faces it sees (menshen serve runs the configured ones)", Args: cobra.MaximumNArgs(1),
		Long: `Try a camera: read it, find and track faces, and print each shot that would be sent to recognition, and every few seconds how
many pictures come. With ID it is the camera of that id in menshen.yaml with its settings there, with --source one before it
goes into menshen.yaml. Nothing is recognised and nothing is kept. Ends with the file, or with Ctrl-C.

menshen serve starts one such process for each configured camera. It may go on meanwhile, if the camera takes two viewers.`,
		RunE: func(c *cobra.Command, args []string) error {
			if supervised {
				a.english = true // what it says goes into the hub's log
				return a.superviseCamera(c.Context())
			}
			if still {
				a.english = true
				return a.takeStill(c.Context())
			}
			return a.tryCamera(c, args, source, transport)
		},
	}
	c.Flags().StringVar(&source, "source", "", "rtsp://… address, video file or /dev/videoN")
	c.Flags().StringVar(&transport, "transport", "tcp", "of RTSP: tcp or udp; with ID the configured one if not given")
	c.Flags().BoolVar(&supervised, "supervised", false, "")
	c.Flags().BoolVar(&still, "still", false, "")
	_ = c.Flags().MarkHidden("supervised")
	_ = c.Flags().MarkHidden("still")
	return c
}

// cameraNice is how far cameras stand back behind hub and recognizers.
const cameraNice = 5

// superviseCamera is the camera process that the hub runs.
func (a *app) superviseCamera(ctx context.Context) error {
	yieldTo(cameraNice)
	var s cameraSettings
	stdin, err := supervisor.ReadSettings(a.in, &s)
	if err != nil {
		return err
	}
	log := a.childLogger("camera-" + s.Camera)
	return runChild(ctx, stdin, func(ctx context.Context) error {
		conn, err := s.Link.connect(ctx, bus.RoleCamera(s.Camera), log)
		if err != nil {
			return err
		}
		defer conn.Close()
		// The bus is reached; from here on nothing but networks, verified, and what comes from outside is read.
		err = a.runCamera(ctx, s, cameraBus{guardedBus{conn, shutIn(s.plan(), log)}}, conn)
		if err != nil && ctx.Err() == nil {
			// What went wrong before the camera could report it itself must reach the operator too.
			message, hint := menshen.ErrorMessage(err)
			_ = conn.PublishReport(menshen.Report{Component: "camera-" + s.Camera, At: time.Now(), Message: message, Hint: hint})
		}
		return err
	})
}

// runCamera reads a camera until it ends; conn brings the frames of one whose source is a browser, and may be nil for others.
func (a *app) runCamera(ctx context.Context, s cameraSettings, pub camera.Publisher, conn *bus.Conn) error {
	cfg, err := s.camera()
	if err != nil {
		return err
	}
	detector, err := opencv.NewDetector(s.Detector, opencv.DetectorConfig{})
	if err != nil {
		return err
	}
	cam, err := camera.New(detector, opencv.Assessor{}, pub, a.childLogger(proto.CameraComponent(s.Camera)), time.Now, cfg)
	if err != nil {
		return errors.Join(err, detector.Close())
	}
	if cfg.Address.Kind() == address.KindSent {
		if conn == nil {
			return errors.Join(menshen.Errorf(menshen.CodeInvalid, "cmd.camera", "the camera %s is a browser at its gate", s.Camera).
				WithHint("open the page guard/camera of its gate while menshen serve runs"), detector.Close())
		}
		frames := newSentFrames()
		cam.ReadFrom(frames)
		sub, err := conn.ServeFrames(ctx, s.Camera, func(_ context.Context, jpeg []byte) (menshen.Seen, error) {
			return cam.Seen(), frames.take(jpeg)
		})
		if err != nil {
			return errors.Join(err, detector.Close())
		}
		defer func() { _ = sub.Close() }()
	}
	return errors.Join(cam.Run(ctx), detector.Close())
}

// cameraBus fits the bus to what a camera asks for.
type cameraBus struct{ conn guardedBus }

// PublishSighting implements camera.Publisher.
func (b cameraBus) PublishSighting(_ context.Context, s menshen.Sighting) error {
	return b.conn.PublishSighting(s)
}

// PublishReport implements camera.Publisher.
func (b cameraBus) PublishReport(_ context.Context, r menshen.Report) error {
	addOwnFigures(r.Figures)
	return b.conn.PublishReport(r)
}
