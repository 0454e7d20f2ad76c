package main

import (
	"slices"

	"menshen"
	"menshen/config"
	"menshen/models"
	"menshen/recognizer"
	"menshen/recognizer/liveness"
)

// livenessSettings is what a recognizer process needs to check for living faces; without cameras it checks nobody.
type livenessSettings struct {
	Near    string // paths of the two networks, verified
	Wide    string
	Cameras []string // at gates that want it
}

// chooseLiveness finds the networks, if any gate of the configuration wants faces checked.
func chooseLiveness(cfg config.Config) (livenessSettings, error) {
	s := livenessSettings{Cameras: livenessCameras(cfg)}
	if len(s.Cameras) == 0 {
		return s, nil
	}
	err := s.locate(cfg)
	return s, err
}

// locate finds the two networks.
func (s *livenessSettings) locate(cfg config.Config) error {
	const op = "cmd.liveness"
	store, err := openModels(cfg.ModelsFolder())
	if err != nil {
		return err
	}
	for _, network := range []struct {
		id   string
		path *string
	}{{"minifasnet-v2", &s.Near}, {"minifasnet-v1se", &s.Wide}} {
		path, _, err := store.Locate(network.id)
		if err != nil {
			return err
		}
		if file, ok := store.Manifest().File(network.id); ok && file.Use == models.EvaluationOnly && !cfg.Engine.Evaluation {
			return menshen.Errorf(menshen.CodeMissing, op, "the liveness network %s is for evaluation only: its training data is not cleared", network.id).
				WithHint("set liveness to off at all gates, or engine.evaluation to true for a trial")
		}
		*network.path = path
	}
	return nil
}

// livenessCameras are the cameras whose gates want faces checked.
func livenessCameras(cfg config.Config) (ids []string) {
	for _, cam := range cfg.Cameras {
		if i := slices.IndexFunc(cfg.Site.Gates, func(g config.Gate) bool { return g.ID == cam.Gate }); i >= 0 {
			if mode := menshen.LivenessMode(cfg.Site.Gates[i].Liveness); mode == menshen.LivenessAdvise || mode == menshen.LivenessRequire {
				ids = append(ids, cam.ID)
			}
		}
	}
	return ids
}

// open loads the networks into a worker's configuration, where there is something to check. close frees them.
func (s livenessSettings) open(cfg *recognizer.WorkerConfig) (closing func() error, err error) {
	if len(s.Cameras) == 0 {
		return func() error { return nil }, nil
	}
	checker, err := liveness.New(liveness.Config{Near: s.Near, Wide: s.Wide})
	if err != nil {
		return nil, err
	}
	cfg.Liveness = checker
	cfg.Checked = func(camera string) bool { return slices.Contains(s.Cameras, camera) }
	return checker.Close, nil
}
