package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/config"
)

// tryCamera prints what a camera would send: the configured one that is named, or the one at an address.
func (a *app) tryCamera(c *cobra.Command, ids []string, source, transport string) error {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	cam, err := chooseCamera(cfg, a.configPath, ids, source)
	if err != nil {
		return err
	}
	if cam.Transport == "" || c.Flags().Changed("transport") {
		cam.Transport = transport
	}
	settings := cameraSettingsOf(cam, "", link{})
	reading, err := settings.camera()
	if err == nil {
		err = reading.Validate() // what is wrong with the address is said before the networks are looked for
	}
	if err != nil {
		if e, ok := errors.AsType[*menshen.Error](err); ok && len(ids) > 0 && !strings.HasPrefix(e.Message, "camera ") {
			e.Message = fmt.Sprintf("camera %s: %s", cam.ID, e.Message)
		}
		return err
	}
	if settings.Detector, err = detectorPath(cfg); err != nil {
		return err
	}
	if err := quietLibraries(); err != nil {
		return err
	}
	t := &trial{a: a}
	if err := a.runCamera(c.Context(), settings, t, nil); err != nil {
		return err
	}
	return t.sumUp()
}

// chooseCamera gives the settings of the camera that is to be tried.
func chooseCamera(cfg config.Config, path string, ids []string, source string) (config.Camera, error) {
	const op = "cmd.camera"
	switch {
	case len(ids) == 0 && source == "":
		return config.Camera{}, menshen.Errorf(menshen.CodeInvalid, op, "neither a camera of %s nor --source is given", path).
			WithHint("give the id of a configured camera, or --source with an rtsp:// address, a video file or a device such as /dev/video0")
	case len(ids) == 0:
		return config.Camera{ID: "try", Source: menshen.Secret(source)}, nil
	case source != "":
		return config.Camera{}, menshen.Errorf(menshen.CodeInvalid, op, "a configured camera and --source are given").WithHint("leave one of the two out")
	}
	i := slices.IndexFunc(cfg.Cameras, func(cam config.Camera) bool { return cam.ID == ids[0] })
	if i >= 0 {
		return cfg.Cameras[i], cfg.CheckSource(i)
	}
	e := menshen.Errorf(menshen.CodeNotFound, op, "%s has no camera %q", path, ids[0])
	if len(cfg.Cameras) == 0 {
		return config.Camera{}, e.WithHint("no camera is configured: add it under cameras, or try an address with --source")
	}
	var known []string
	for _, cam := range cfg.Cameras {
		known = append(known, cam.ID)
	}
	return config.Camera{}, e.WithHint("configured are: %s", strings.Join(known, ", "))
}

// quietLibraries keeps FFmpeg's own words, which may hold a password, off the terminal: what is wrong is said by us. OpenCV
// reads the level (AV_LOG_QUIET) when it opens the first video.
func quietLibraries() error { return os.Setenv("OPENCV_FFMPEG_LOGLEVEL", "-8") }

// trial shows on a terminal what a camera sends. Safe for concurrent use.
type trial struct {
	a *app

	mu             sync.Mutex
	reports        int
	pictures, gone int
	before         int       // pictures at the last line of figures
	since          time.Time // of that line
}

// PublishSighting implements camera.Publisher.
func (t *trial) PublishSighting(_ context.Context, s menshen.Sighting) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Last {
		t.gone++
		form := menshen.Text{ZH: "%s  轨迹 %s  离开，共 %d 张抓拍\n", EN: "%s  track %s  gone after %d shots\n"}
		_, err := fmt.Fprintf(t.a.out, t.a.text(form), s.Captured.Format("15:04:05.000"), s.Track, s.Sequence-1)
		return err
	}
	t.pictures++
	form := menshen.Text{
		ZH: "%s  轨迹 %s  第 %d 张  人脸 %.0f×%.0f 像素，位于 %.0f,%.0f  质量 %.2f\n",
		EN: "%s  track %s  shot %d  face %.0f×%.0f px at %.0f,%.0f  quality %.2f\n",
	}
	_, err := fmt.Fprintf(t.a.out, t.a.text(form), s.Captured.Format("15:04:05.000"),
		s.Track, s.Sequence, s.Face.Box.W, s.Face.Box.H, s.Face.Box.X, s.Face.Box.Y, s.Quality.Score())
	return err
}

// figuresEvery is how many reports, one a second, make one line of figures.
const figuresEvery = 5

// PublishReport implements camera.Publisher.
func (t *trial) PublishReport(_ context.Context, r menshen.Report) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	fps, ok := r.Figures["fps"]
	if !ok || r.Figures["width"] == 0 {
		t.since = r.At
		return nil // nothing has come yet, or it is the failure that the command ends with
	}
	if t.reports++; t.reports%figuresEvery != 2 {
		return nil
	}
	shots := float64(t.pictures-t.before) / max(r.At.Sub(t.since).Seconds(), 1)
	t.before, t.since = t.pictures, r.At
	form := menshen.Text{
		ZH: "%s  每秒 %.0f 帧，%.0f×%.0f 像素  每秒查找人脸 %.1f 次，每次 %.0f 毫秒  每秒抓拍 %.1f 张\n",
		EN: "%s  %.0f frames a second of %.0f×%.0f px  searched for faces %.1f times a second, %.0f ms each  %.1f shots a second\n",
	}
	_, err := fmt.Fprintf(t.a.out, t.a.text(form), r.At.Format("15:04:05.000"), fps, r.Figures["width"], r.Figures["height"],
		r.Figures["searched_fps"], r.Figures["detect_ms"], shots)
	return err
}

// sumUp prints the last line.
func (t *trial) sumUp() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pictures == 0 {
		_, err := fmt.Fprintln(t.a.out, t.a.text(menshen.Text{
			ZH: "没有看到可以识别的人脸：请检查位置、光线，以及 min_face 和 region",
			EN: "no face that could be recognised was seen: look at the camera's place, the light, min_face and region",
		}))
		return err
	}
	_, err := fmt.Fprintln(t.a.out, t.a.text(menshen.Text{
		ZH: fmt.Sprintf("共 %d 张抓拍，%d 条轨迹", t.pictures, t.gone), EN: fmt.Sprintf("%d shot(s) on %d track(s)", t.pictures, t.gone),
	}))
	return err
}
