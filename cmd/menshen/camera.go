package main

import (
	"context"
	"errors"
	"fmt"
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

func (a *app) cameraCommand() *cobra.Command {
	var source, transport string
	var supervised bool
	c := &cobra.Command{
		Use: "camera", Short: "Try a camera: print the faces it sees (menshen serve runs the configured ones)", Args: cobra.NoArgs,
		Long: `Try a camera before it goes into menshen.yaml: read it, find and track faces, and print each shot that would be sent to
recognition. Nothing is recognised and nothing is kept. Ends with the file, or with Ctrl-C.

menshen serve starts one such process for each configured camera.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if supervised {
				a.english = true // what it says goes into the hub's log
				return a.superviseCamera(c.Context())
			}
			return a.tryCamera(c, source, transport)
		},
	}
	c.Flags().StringVar(&source, "source", "", "rtsp://… address, video file or /dev/videoN")
	c.Flags().StringVar(&transport, "transport", "tcp", "of RTSP: tcp or udp")
	c.Flags().BoolVar(&supervised, "supervised", false, "")
	_ = c.Flags().MarkHidden("supervised")
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
		err = a.runCamera(ctx, s, cameraBus{conn})
		if err != nil && ctx.Err() == nil {
			// What went wrong before the camera could report it itself must reach the operator too.
			message, hint := menshen.ErrorMessage(err)
			_ = conn.PublishReport(menshen.Report{Component: "camera-" + s.Camera, At: time.Now(), Message: message, Hint: hint})
		}
		return err
	})
}

func (a *app) runCamera(ctx context.Context, s cameraSettings, pub camera.Publisher) error {
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
	return errors.Join(cam.Run(ctx), detector.Close())
}

// tryCamera prints what a camera would send.
func (a *app) tryCamera(c *cobra.Command, source, transport string) error {
	if source == "" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.camera", "--source is missing").
			WithHint("give an rtsp:// address, a video file or a device such as /dev/video0")
	}
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	detector, err := detectorPath(cfg)
	if err != nil {
		return err
	}
	cam := config.Camera{ID: "try", Source: menshen.Secret(source), Transport: transport}
	return a.runCamera(c.Context(), cameraSettingsOf(cam, detector, link{}), printer{a})
}

// printer shows sightings on a terminal.
type printer struct{ a *app }

// PublishSighting implements camera.Publisher.
func (p printer) PublishSighting(_ context.Context, s menshen.Sighting) error {
	if s.Last {
		form := menshen.Text{ZH: "%s  轨迹 %s  离开，共 %d 张抓拍\n", EN: "%s  track %s  gone after %d shots\n"}
		_, err := fmt.Fprintf(p.a.out, p.a.text(form), s.Captured.Format("15:04:05.000"), s.Track, s.Sequence-1)
		return err
	}
	form := menshen.Text{
		ZH: "%s  轨迹 %s  第 %d 张  人脸 %.0f×%.0f 像素，位于 %.0f,%.0f  质量 %.2f\n",
		EN: "%s  track %s  shot %d  face %.0f×%.0f px at %.0f,%.0f  quality %.2f\n",
	}
	_, err := fmt.Fprintf(p.a.out, p.a.text(form), s.Captured.Format("15:04:05.000"),
		s.Track, s.Sequence, s.Face.Box.W, s.Face.Box.H, s.Face.Box.X, s.Face.Box.Y, s.Quality.Score())
	return err
}

// PublishReport implements camera.Publisher.
func (printer) PublishReport(context.Context, menshen.Report) error { return nil }

// cameraBus fits the bus to what a camera asks for.
type cameraBus struct{ conn *bus.Conn }

// PublishSighting implements camera.Publisher.
func (b cameraBus) PublishSighting(_ context.Context, s menshen.Sighting) error {
	return b.conn.PublishSighting(s)
}

// PublishReport implements camera.Publisher.
func (b cameraBus) PublishReport(_ context.Context, r menshen.Report) error {
	return b.conn.PublishReport(r)
}
