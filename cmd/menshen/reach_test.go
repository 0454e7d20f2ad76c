package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	"menshen/camera/rtsptest"
	menshenv1 "menshen/proto/menshen/v1"
)

// An operator's account is no way to this machine's own services and files: a camera that is tried or put over the API may not
// lead there. The configuration file allows what it names, and a camera that stands in it is tried as it is there.
func TestCamerasGivenOverTheAPI(t *testing.T) {
	rtsp := rtsptest.New(t, rtsptest.Options{User: "menshen", Password: "s3cret"})
	rtsp.Publish(t, "a", "-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")
	film := mustMake(t, "film.mp4", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=1", "-pix_fmt", "yuv420p")
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.mp4")
	b, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(elsewhere, b, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newTrial(t, `
site:
  id: test-site
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
cameras: [{id: east-1, gate: east, source: "`+elsewhere+`", loop: true}]
camera_places: ["`+filepath.Dir(film)+`"]
`)
	c.serve()
	api := c.api(filepath.Join(c.dir, "data"))
	try := func(id, source string) (int, error) {
		r, err := api.Cameras.TryCamera(t.Context(), connect.NewRequest(&menshenv1.TryCameraRequest{Camera: &menshenv1.CameraSettings{
			Id: id, Gate: "east", Direction: "in", Source: source, Transport: "tcp",
		}}))
		if err != nil {
			return 0, err
		}
		return len(r.Msg.GetJpeg()), nil
	}
	for _, source := range []string{rtsp.URL("a"), strings.Replace(rtsp.URL("a"), "127.0.0.1", "localhost", 1), elsewhere, "/etc/passwd", "rtsp://169.254.169.254/s"} {
		if _, err := try("new-1", source); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s is tried: %v", source, err)
		}
		_, err := api.Cameras.PutCamera(t.Context(), connect.NewRequest(&menshenv1.PutCameraRequest{Camera: &menshenv1.CameraSettings{
			Id: "new-1", Gate: "east", Direction: "in", Source: source, Transport: "tcp",
		}}))
		if menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s is put: %v", source, err)
		}
	}
	for id, source := range map[string]string{"new-1": film, "east-1": elsewhere} {
		if n, err := try(id, source); err != nil || n == 0 {
			t.Errorf("%s as %s gives no picture: %v", source, id, err)
		}
	}
}
