package bench

import (
	"cmp"
	"context"
	"os"

	"menshen"
	"menshen/config"
)

// ClipOptions are what benchmarks that work on a clip have in common.
type ClipOptions struct {
	Clip   string // H.264 video of people who walk up to a camera
	Engine string // opencv or dlib; the configuration's if empty
}

func (o ClipOptions) check() error {
	const op = "cmd.bench"
	if o.Engine != "" && o.Engine != "opencv" && o.Engine != "dlib" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--engine: %q is not known", o.Engine).WithHint("use opencv or dlib")
	}
	if info, err := os.Stat(o.Clip); err != nil || !info.Mode().IsRegular() {
		return menshen.Errorf(menshen.CodeMissing, op, "there is no video %s to measure with", o.Clip).
			WithHint("give one with --clip: H.264, 1280×720, of people who walk up to the camera").WithCause(err)
	}
	return nil
}

// engine loads the configuration, for its networks alone, and verifies those of the engine that was asked for.
func (p Program) engine(ctx context.Context, o ClipOptions) (config.Config, Engine, error) {
	cfg, err := p.Config()
	if err != nil {
		return cfg, Engine{}, err
	}
	cfg.Engine.Name = cmp.Or(o.Engine, cfg.Engine.Name)
	engine, err := p.Engine(ctx, cfg)
	return cfg, engine, err
}

func undecodableClip(clip string) error {
	return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "%s has no video that can be decoded", clip).
		WithHint("give an H.264 clip with --clip")
}
