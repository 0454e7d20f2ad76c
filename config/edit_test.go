package config_test

import (
	"strings"
	"testing"

	"menshen"
	"menshen/config"
)

const siteFile = `# Our site
site:
  id: yard # never change it
  name: {zh: 院子, en: Yard}
  zones:
    - {id: outside, kind: outside}
    - {id: yard, kind: compound}
  gates:
    - {id: east, from: outside, to: yard}
# All cameras
cameras:
  - id: east-1
    gate: east
    source: rtsp://user:s3cret@10.0.0.5/main
    region: [[0, 0], [1, 0], [1, 1]]
# What follows
web:
  listen: 127.0.0.1:8081
`

func TestWithCameras(t *testing.T) {
	cameras, err := config.CamerasIn("menshen.yaml", []byte(siteFile))
	if err != nil || len(cameras) != 1 || cameras[0].Transport != "" {
		t.Fatalf("%+v, %v", cameras, err)
	}
	cameras = append(cameras, config.Camera{ID: "east-2", Gate: "east", Direction: "out", Source: "rtsp://10.0.0.6/main: x #y", Transport: "udp", AnalyseRate: 8})
	edited, err := config.WithCameras("menshen.yaml", []byte(siteFile), cameras)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"# Our site", "# never change it", "# What follows", "listen: 127.0.0.1:8081", "{zh: 院子, en: Yard}"} {
		if !strings.Contains(string(edited), kept) {
			t.Errorf("%q is gone:\n%s", kept, edited)
		}
	}
	c, err := config.Parse("menshen.yaml", edited)
	if err != nil {
		t.Fatalf("%v\n%s", err, edited)
	}
	if len(c.Cameras) != 2 || c.Cameras[0].Source.Reveal() != "rtsp://user:s3cret@10.0.0.5/main" || len(c.Cameras[0].Region) != 3 || c.Cameras[1].Source.Reveal() != "rtsp://10.0.0.6/main: x #y" ||
		c.Cameras[1].Transport != "udp" || c.Cameras[1].Direction != "out" || c.Cameras[1].AnalyseRate != 8 || c.Cameras[1].Width != 640 {
		t.Errorf("%+v\n%s", c.Cameras, edited)
	}
	none, err := config.WithCameras("menshen.yaml", edited, nil)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := config.CamerasIn("menshen.yaml", none); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v\n%s", left, err, none)
	}
}

func TestWithFirstCamera(t *testing.T) {
	file, _, _ := strings.Cut(siteFile, "# All cameras")
	edited, err := config.WithCameras("menshen.yaml", []byte(file), []config.Camera{{ID: "east-1", Gate: "east", Source: "rtsp://10.0.0.5/main"}})
	if err != nil || !strings.HasPrefix(string(edited), strings.TrimRight(file, "\n")) {
		t.Errorf("%v\n%s", err, edited)
	}
}

func TestWithCamerasRefuses(t *testing.T) {
	for name, cameras := range map[string][]config.Camera{
		"unknown gate": {{ID: "east-1", Gate: "west", Source: "rtsp://10.0.0.5/main"}},
		"twice":        {{ID: "east-1", Gate: "east", Source: "rtsp://10.0.0.5/main"}, {ID: "east-1", Gate: "east", Source: "rtsp://10.0.0.6/main"}},
		"id":           {{ID: "east 1\nweb: {}", Gate: "east", Source: "rtsp://10.0.0.5/main"}},
	} {
		edited, err := config.WithCameras("menshen.yaml", []byte(siteFile), cameras)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || edited != nil {
			t.Errorf("%s: %v\n%s", name, err, edited)
		}
	}
}
