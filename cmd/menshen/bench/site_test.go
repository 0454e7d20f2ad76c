package bench

import (
	"os"
	"path/filepath"
	"testing"

	"menshen/config"
)

func TestConfigurationIsValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "menshen.yaml")
	text := configuration(config.Default(), "/models", []string{"rtsp://127.0.0.1:1/camera-1", "rtsp://127.0.0.1:1/camera-2"})
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, true, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
	want := config.Default().Engine
	want.Models, want.Evaluation = "/models", true
	if len(cfg.Cameras) != 2 || cfg.Cameras[1].Gate != "gate-2" || cfg.Engine != want {
		t.Errorf("%+v", cfg)
	}
}
