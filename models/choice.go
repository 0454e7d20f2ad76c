package models

import (
	"context"
	"path/filepath"

	"menshen"
)

// Located is a verified file.
type Located struct {
	File   File
	Path   string // absolute
	SHA256 string // lower-case hex
}

// Choice is the set of files that an engine loads.
type Choice struct {
	Engine    string
	Folder    string  // that holds the embedder; for dlib all three files, under the names that go-face wants
	Detector  Located // zero where the engine has none; so for the next two
	Landmarks Located
	Embedder  Located // its SHA256 goes into the EngineID
	// EvaluationOnly is set where the embedder may not be used at a real gate. The caller must say so loudly, with Warning.
	EvaluationOnly bool
	Warning        menshen.Text
}

// Choose gives the files for an engine. A production embedder that is there is always taken; one that is there but
// altered, or that lacks a file it needs, is an error and never passed over. Only where there is none, one for
// evaluation is taken, and the choice says so. Nothing there is CodeMissing, an unknown engine CodeInvalid.
func (s *Store) Choose(ctx context.Context, engine string) (Choice, error) {
	const op = "models.choose"
	files := s.manifest.ForEngine(engine)
	var wanted *File
	for _, use := range []Purpose{Production, EvaluationOnly} {
		for _, f := range files {
			if f.Use != use || !f.HasRole(engine, RoleEmbedder) {
				continue
			}
			if wanted == nil {
				wanted = &f
			}
			st, err := s.look(ctx, s.root, f)
			switch {
			case err != nil:
				return Choice{}, err
			case st.State == Altered:
				return Choice{}, altered(op, f, st.Path)
			case st.State == Present:
				return s.complete(ctx, engine, files, st)
			}
		}
	}
	if wanted == nil {
		return Choice{}, menshen.Errorf(menshen.CodeInvalid, op, "no model file is for the engine %q", engine).
			WithHint("use opencv or dlib")
	}
	return Choice{}, missing(op, *wanted)
}

// complete adds the files that go with an embedder: those of the same sub-folder of the manifest.
func (s *Store) complete(ctx context.Context, engine string, files []File, embedder Status) (Choice, error) {
	const op = "models.choose"
	c := Choice{Engine: engine, Folder: filepath.Dir(embedder.Path), Embedder: located(embedder)}
	for _, f := range files {
		slot := c.slot(engine, f)
		if slot == nil || f.Folder != embedder.File.Folder {
			continue
		}
		st, err := s.look(ctx, s.root, f)
		switch {
		case err != nil:
			return Choice{}, err
		case st.State == Altered:
			return Choice{}, altered(op, f, st.Path)
		case st.State == Missing:
			return Choice{}, missing(op, f)
		case f.Folder != "" && (filepath.Dir(st.Path) != c.Folder || filepath.Base(st.Path) != f.Name):
			return Choice{}, menshen.Errorf(menshen.CodeMissing, op, "the engine %s wants its files in one folder, but %s is not %s", engine, st.Path, filepath.Join(c.Folder, f.Name)).
				WithHint("copy it there, or run: menshen models fetch")
		}
		*slot = located(st)
	}
	if embedder.File.Use == EvaluationOnly {
		c.EvaluationOnly = true
		c.Warning = menshen.Text{
			ZH: "正在使用仅供评测的模型“" + embedder.File.ID + "”，不得用于正式出入口；请运行 menshen models fetch 获取正式模型",
			EN: "the model \"" + embedder.File.ID + "\" is for evaluation only and must not be used at a real gate; get the proper one with: menshen models fetch",
		}
	}
	return c, nil
}

// slot says where a file beside the embedder goes; nil for nowhere.
func (c *Choice) slot(engine string, f File) *Located {
	switch {
	case f.HasRole(engine, RoleDetector):
		return &c.Detector
	case f.HasRole(engine, RoleLandmarks):
		return &c.Landmarks
	}
	return nil
}

func located(st Status) Located { return Located{File: st.File, Path: st.Path, SHA256: st.SHA256} }
