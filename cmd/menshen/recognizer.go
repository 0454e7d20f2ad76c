package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/bus"
	"menshen/proto"
	"menshen/recognizer"
	"menshen/recognizer/mask"
	"menshen/recognizer/opencv"
	"menshen/supervisor"
)

// recognizerSettings is what the hub tells a recognizer process.
type recognizerSettings struct {
	Link   link
	ID     string
	Engine engineSettings

	Liveness livenessSettings
}

// Redact implements supervisor.Redactor.
func (s recognizerSettings) Redact(line string) string { return s.Link.redact(line) }

func (a *app) recognizerCommand() *cobra.Command {
	var supervised bool
	c := &cobra.Command{
		Use: "recognizer PHOTO…", Short: "Look at photographs: print the faces in them (menshen serve runs recognizers itself)",
		Long: `Look at photographs as enrolment would: how many faces, how large, how good, and whether a template can be made. Nothing is
kept. menshen serve starts one or more such processes for the cameras.`,
		RunE: func(c *cobra.Command, args []string) error {
			if supervised {
				a.english = true // what it says goes into the hub's log
				return a.superviseRecognizer(c.Context())
			}
			return a.tryRecognizer(c, args)
		},
	}
	c.Flags().BoolVar(&supervised, "supervised", false, "")
	_ = c.Flags().MarkHidden("supervised")
	return c
}

// superviseRecognizer is the recognizer process that the hub runs.
func (a *app) superviseRecognizer(ctx context.Context) error {
	var s recognizerSettings
	stdin, err := supervisor.ReadSettings(a.in, &s)
	if err != nil {
		return err
	}
	component := proto.RecognizerComponent(s.ID)
	log := a.childLogger(component)
	return runChild(ctx, stdin, func(ctx context.Context) error {
		conn, err := s.Link.connect(ctx, bus.RoleRecognizer(s.ID), log)
		if err != nil {
			return err
		}
		defer conn.Close()
		guarded := guardedBus{conn, shutIn(s.plan(), log)}
		engine, err := openEngine(s.Engine)
		if err != nil {
			message, hint := menshen.ErrorMessage(err)
			_ = guarded.PublishReport(menshen.Report{Component: component, At: time.Now(), Message: message, Hint: hint})
			return err
		}
		cfg := recognizer.WorkerConfig{Component: component, Queue: bus.RecognizerQueue, Masks: mask.For(engine.ID())}
		closeLiveness, err := s.Liveness.open(&cfg)
		if err != nil {
			return errors.Join(err, engine.Close())
		}
		worker, err := recognizer.NewWorker(engine, opencv.Decode, guarded, log, time.Now, cfg)
		if err != nil {
			return errors.Join(err, closeLiveness(), engine.Close())
		}
		return errors.Join(worker.Run(ctx), closeLiveness(), engine.Close())
	})
}

// tryRecognizer prints what is found in photographs.
func (a *app) tryRecognizer(c *cobra.Command, photos []string) error {
	if len(photos) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.recognizer", "no photograph is named").WithHint("name one or more JPEG or PNG files")
	}
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	choice, err := chooseEngine(c.Context(), cfg)
	if err != nil {
		return err
	}
	engine, err := openEngine(choice.settings(1))
	if err != nil {
		return err
	}
	defer engine.Close()
	var noBus *bus.Conn // photographs only: nothing is subscribed to
	worker, err := recognizer.NewWorker(engine, opencv.Decode, noBus, a.logger(cfg.Log), time.Now, recognizer.WorkerConfig{Masks: mask.For(engine.ID())})
	if err != nil {
		return err
	}
	for _, path := range photos {
		data, err := readPhoto(path)
		if err != nil {
			return err
		}
		found, err := worker.Analyse(c.Context(), data)
		if e, ok := errors.AsType[*menshen.Error](err); ok {
			e.Message = path + ": " + e.Message
		}
		if err != nil {
			return err
		}
		head := menshen.Text{ZH: "%s：%d×%d 像素，%d 张人脸，引擎 %s\n", EN: "%s: %d×%d px, %d face(s), engine %s\n"}
		fmt.Fprintf(a.out, a.text(head), path, found.Width, found.Height, len(found.Faces), found.Engine)
		form := menshen.Text{
			ZH: "  %.0f×%.0f 像素，位于 %.0f,%.0f  置信度 %.2f  质量 %.2f（大小 %.2f，清晰度 %.2f，姿态 %.2f，光照 %.2f）  %s\n",
			EN: "  %.0f×%.0f px at %.0f,%.0f  score %.2f  quality %.2f (size %.2f, sharpness %.2f, pose %.2f, light %.2f)  %s\n",
		}
		for _, f := range found.Faces {
			fmt.Fprintf(a.out, a.text(form),
				f.Box.W, f.Box.H, f.Box.X, f.Box.Y, f.Score, f.Quality.Score(), f.Quality.Size, f.Quality.Sharpness, f.Quality.Pose, f.Quality.Light, f.Refusal)
		}
	}
	return nil
}

// readPhoto reads a file within the limits of a picture.
func readPhoto(path string) ([]byte, error) {
	const op = "cmd.photo"
	info, err := os.Stat(path)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no photograph %s", path).WithHint("check the path").WithCause(err)
	}
	if info.IsDir() || info.Size() > recognizer.MaxBytes {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s is a folder or larger than %d MB", path, recognizer.MaxBytes>>20).WithHint("name a JPEG or PNG photograph")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "%s cannot be read", path).WithHint("check its permissions").WithCause(err)
	}
	return data, nil
}
