package main

import (
	"context"
	"errors"
	"fmt"

	"menshen"
	"menshen/config"
	"menshen/models"
	"menshen/recognizer"
	"menshen/recognizer/dlib"
	"menshen/recognizer/opencv"
)

// engineChoice is what the hub knows of the engine without loading it: native code stays out of this process.
type engineChoice struct {
	models.Choice

	ID    menshen.EngineID
	Point recognizer.OperatingPoint
}

func openModels(folder string) (*models.Store, error) {
	manifest, err := models.Load()
	if err != nil {
		return nil, err
	}
	return models.NewStore(manifest, folder)
}

// chooseEngine verifies the networks of the configured engine and finds what its distances mean.
func chooseEngine(ctx context.Context, cfg config.Config) (engineChoice, error) {
	store, err := openModels(cfg.ModelsFolder())
	if err != nil {
		return engineChoice{}, err
	}
	choice, err := store.Choose(ctx, cfg.Engine.Name)
	if err != nil {
		return engineChoice{}, err
	}
	if choice.EvaluationOnly && !cfg.Engine.Evaluation && !cfg.Simulated() {
		return engineChoice{}, menshen.Errorf(menshen.CodeMissing, "cmd.engine", "only a network for evaluation is there (%s), which must not be used at a real gate", choice.Embedder.File.ID).
			WithHint("get the proper one with: menshen models fetch; for a trial set engine.evaluation to true")
	}
	e := engineChoice{Choice: choice, ID: engineID(cfg.Engine.Name, choice.Embedder.SHA256)}
	if cfg.Engine.Known > 0 {
		e.Point = recognizer.OperatingPoint{Known: cfg.Engine.Known, Unsure: cfg.Engine.Unsure, MinFaces: cfg.Access.MinAgreeing, Source: "menshen.yaml"}
		return e, e.Point.Validate()
	}
	e.Point, err = recognizer.OperatingPointOf(e.ID)
	return e, err
}

// openEngine finds the networks. A real site needs them; a simulated one does without.
func (h *gatehouse) openEngine(ctx context.Context) (err error) {
	h.engine, err = chooseEngine(ctx, h.cfg)
	if err != nil && menshen.ErrorCode(err) == menshen.CodeMissing && len(h.cfg.Cameras) == 0 {
		h.noEngine, h.engine.ID = err, engineID(h.cfg.Engine.Name, "")
		h.engine.Point.Known, h.engine.Point.Unsure, h.engine.Point.MinFaces = 1, 1, 2 // nothing is ever compared
		message, hint := menshen.ErrorMessage(err)
		h.log.Warn("no recognizer will run", "why", message, "do", hint)
		return nil
	}
	if err == nil {
		h.liveness, err = chooseLiveness(h.cfg)
	}
	if err == nil && h.engine.EvaluationOnly {
		h.log.Warn("NETWORK FOR EVALUATION ONLY", "why", h.engine.Warning.EN)
	}
	return err
}

func engineID(name, hash string) menshen.EngineID {
	return menshen.EngineID{Name: name, ModelHash: hash, Dim: 128, Metric: menshen.MetricEuclidean} // both engines' networks give 128
}

// engineSettings is what a recognizer process needs to load its engine.
type engineSettings struct {
	Name      string
	Folder    string // of dlib's three files
	Detector  string // path, for opencv
	Embedder  string // path, for opencv
	ModelHash string
	Networks  int
}

func (e engineChoice) settings(networks int) engineSettings {
	return engineSettings{
		Name: e.Engine, Folder: e.Folder, Detector: e.Detector.Path, Embedder: e.Embedder.Path, ModelHash: e.Embedder.SHA256, Networks: networks,
	}
}

// openEngine loads an engine; only child processes and benchmarks call it. A new engine is one more case here.
func openEngine(s engineSettings) (recognizer.Engine, error) {
	switch s.Name {
	case opencv.Name:
		return opencv.New(opencv.Config{Detector: s.Detector, Embedder: s.Embedder, EmbedderHash: s.ModelHash, Networks: s.Networks})
	case dlib.Name:
		return dlib.New(dlib.Config{Folder: s.Folder, ModelHash: s.ModelHash, Recognizers: s.Networks})
	}
	return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.engine", "there is no engine %q", s.Name).WithHint("use opencv or dlib")
}

// detectorPath gives the verified YuNet, which every camera needs whatever the engine.
func detectorPath(cfg config.Config) (string, error) {
	store, err := openModels(cfg.ModelsFolder())
	if err != nil {
		return "", err
	}
	path, _, err := store.Locate("yunet")
	if e, ok := errors.AsType[*menshen.Error](err); ok {
		e.Message = fmt.Sprintf("cameras need the face detector: %s", e.Message)
	}
	return path, err
}
