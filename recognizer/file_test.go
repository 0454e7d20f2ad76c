package recognizer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/recognizer"
)

func TestCheckFile(t *testing.T) {
	folder := t.TempDir()
	path, empty := filepath.Join(folder, "network"), filepath.Join(folder, "empty")
	for name, content := range map[string]string{path: "numbers", empty: ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte("numbers"))
	hash := hex.EncodeToString(sum[:])
	for name, c := range map[string]struct {
		path, hash string
		want       menshen.Code
	}{
		"good":      {path, hash, ""},
		"unchecked": {path, "", ""},
		"other":     {path, "0" + hash[1:], menshen.CodeCorrupt},
		"empty":     {empty, "", menshen.CodeCorrupt},
		"folder":    {folder, "", menshen.CodeCorrupt},
		"none":      {filepath.Join(folder, "none"), hash, menshen.CodeMissing},
		"no name":   {"", hash, menshen.CodeMissing},
	} {
		err := recognizer.CheckFile(c.path, c.hash)
		if menshen.ErrorCode(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if _, hint := menshen.ErrorMessage(err); err != nil && hint == "" {
			t.Errorf("%s: %v does not say what to do", name, err)
		}
	}
}

func TestOperatingPoints(t *testing.T) {
	id := func(name, hash string) menshen.EngineID {
		return menshen.EngineID{Name: name, ModelHash: hash, Dim: 128, Metric: menshen.MetricEuclidean}
	}
	mobile := id("opencv", "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c")
	for _, e := range []menshen.EngineID{
		mobile,
		id("opencv", "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"),
		id("dlib", "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"),
		id("dlib", "dc0b4943c077ce151ff2f694adf4316e77458ea5ad4e61f9d5650e7def8fa545"),
	} {
		p, err := recognizer.OperatingPointOf(e)
		if err != nil || p.Validate() != nil || p.Source == "" || p.MinFaces < 2 {
			t.Errorf("%s: %+v, errors %v, %v", e, p, err, p.Validate())
		}
	}
	masked, err := recognizer.MaskedPointOf(mobile)
	if bare, _ := recognizer.OperatingPointOf(mobile); err != nil || masked.Validate() != nil || masked.Known >= bare.Known || masked.Source == "" {
		t.Errorf("masked: %+v, errors %v, %v", masked, err, masked.Validate())
	}
	if _, err := recognizer.MaskedPointOf(id("dlib", "dc0b4943c077ce151ff2f694adf4316e77458ea5ad4e61f9d5650e7def8fa545")); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Errorf("a masked point that nobody measured: error %v", err)
	}
	other, long := mobile, mobile
	other.Name, long.Dim = "dlib", 512
	for _, e := range []menshen.EngineID{{}, other, long, id("opencv", "0123")} {
		_, err := recognizer.OperatingPointOf(e)
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeMissing || hint == "" {
			t.Errorf("%s: %v", e, err)
		}
	}
	for _, p := range []recognizer.OperatingPoint{
		{}, {Known: 1, Unsure: 0.9, MinFaces: 1}, {Known: 1, Unsure: 5, MinFaces: 1}, {Known: 1, Unsure: 1}, {Known: 1, Unsure: 1, MinFaces: 1, MinMargin: -1},
		{Known: -1, Unsure: 1, MinFaces: 1},
	} {
		if menshen.ErrorCode(p.Validate()) != menshen.CodeInvalid {
			t.Errorf("%+v is valid", p)
		}
	}
}
