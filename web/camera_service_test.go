package web_test

import (
	"context"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// CameraSetup implements web.Cameras.
func (h *house) CameraSetup(context.Context) (web.CameraSetup, error) {
	return web.CameraSetup{File: "menshen.yaml", RestartNeeded: true, Cameras: []web.CameraState{{
		CameraSettings: web.CameraSettings{ID: "east-1", Gate: "east", Direction: "in", Source: "rtsp://user:***@10.0.0.5/main", Transport: "tcp", Rate: 5, Width: 640, MinFace: 40, Region: []menshen.Point{{X: 0, Y: 0.5}}},
		Status:         web.CameraStatus{ID: "east-1", Message: "no picture", Figures: map[string]float64{"fps": 12}},
	}}}, h.did("camera setup")
}

// TryCamera implements web.Cameras.
func (h *house) TryCamera(_ context.Context, c web.CameraSettings) (web.CameraPicture, error) {
	return web.CameraPicture{
		JPEG: []byte(c.Source), Width: 640, Height: 360, FrameWidth: 1280, FrameHeight: 720,
		Faces: []menshen.Detection{{Box: menshen.Box{X: 10, Y: 20, W: 30, H: 40}, Score: 0.9}},
	}, h.did("try camera")
}

// PutCamera implements web.Cameras.
func (h *house) PutCamera(context.Context, web.CameraSettings) error { return h.did("put camera") }

// RemoveCamera implements web.Cameras.
func (h *house) RemoveCamera(context.Context, string) error { return h.did("remove camera") }

// DiscoverCameras implements web.Cameras.
func (h *house) DiscoverCameras(context.Context) ([]web.FoundCamera, error) {
	return []web.FoundCamera{{Name: "East", Host: "10.0.0.5", Source: "rtsp://10.0.0.5:554/"}}, h.did("discover cameras")
}

// Restart implements web.Cameras.
func (h *house) Restart(context.Context) error { return h.did("restart") }

var someCamera = &menshenv1.CameraSettings{Id: "east-1", Gate: "east", Source: "rtsp://10.0.0.5/main"}

// cameraQuestions has a valid call of every procedure of cameras that is recorded.
var cameraQuestions = map[string]func(s *served) error{
	menshenv1connect.CameraServiceTryCameraProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.TryCameraRequest]) (*connect.Response[menshenv1.TryCameraResponse], error) {
		return s.client.Cameras.TryCamera
	}, &menshenv1.TryCameraRequest{Camera: someCamera}),
	menshenv1connect.CameraServicePutCameraProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutCameraRequest]) (*connect.Response[menshenv1.PutCameraResponse], error) {
		return s.client.Cameras.PutCamera
	}, &menshenv1.PutCameraRequest{Camera: someCamera}),
	menshenv1connect.CameraServiceRemoveCameraProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RemoveCameraRequest]) (*connect.Response[menshenv1.RemoveCameraResponse], error) {
		return s.client.Cameras.RemoveCamera
	}, &menshenv1.RemoveCameraRequest{Id: "east-1"}),
	menshenv1connect.CameraServiceDiscoverCamerasProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.DiscoverCamerasRequest]) (*connect.Response[menshenv1.DiscoverCamerasResponse], error) {
		return s.client.Cameras.DiscoverCameras
	}, &menshenv1.DiscoverCamerasRequest{}),
	menshenv1connect.CameraServiceRestartProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RestartRequest]) (*connect.Response[menshenv1.RestartResponse], error) {
		return s.client.Cameras.Restart
	}, &menshenv1.RestartRequest{}),
}

func TestCameras(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	list, err := s.client.Cameras.ListCameras(t.Context(), connect.NewRequest(&menshenv1.ListCamerasRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	c := list.Msg.GetCameras()[0]
	if !list.Msg.GetRestartNeeded() || c.GetSettings().GetSource() != "rtsp://user:***@10.0.0.5/main" || c.GetSettings().GetRegion()[0].GetY() != 0.5 || c.GetFigures()["fps"] != 12 || c.GetOk() {
		t.Errorf("%v", list.Msg)
	}
	p, err := s.client.Cameras.TryCamera(t.Context(), connect.NewRequest(&menshenv1.TryCameraRequest{Camera: someCamera}))
	if err != nil || string(p.Msg.GetJpeg()) != someCamera.GetSource() || p.Msg.GetFrameWidth() != 1280 || p.Msg.GetFaces()[0].GetHeight() != 40 {
		t.Errorf("%v, %v", p, err)
	}
	for name, wrong := range map[string]*menshenv1.CameraSettings{
		"nothing": nil, "no address": {Id: "east-1"}, "long": {Source: "rtsp://" + strings.Repeat("a", 3000)},
		"corners": {Source: "rtsp://a/", Region: make([]*menshenv1.CameraCorner, 100)},
	} {
		for _, ask := range []func() error{
			func() error {
				_, err := s.client.Cameras.TryCamera(t.Context(), connect.NewRequest(&menshenv1.TryCameraRequest{Camera: wrong}))
				return err
			},
			func() error {
				_, err := s.client.Cameras.PutCamera(t.Context(), connect.NewRequest(&menshenv1.PutCameraRequest{Camera: wrong}))
				return err
			},
		} {
			if err := ask(); connect.CodeOf(err) != connect.CodeInvalidArgument {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
