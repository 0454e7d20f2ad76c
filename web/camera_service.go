package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// cameraService sets cameras up. A picture of a gate may show people: taking one is recorded first, as every change is.
type cameraService struct {
	cameras  Cameras
	recorder recorder
}

// ListCameras says which cameras there are.
func (s cameraService) ListCameras(ctx context.Context, _ *connect.Request[menshenv1.ListCamerasRequest]) (*connect.Response[menshenv1.ListCamerasResponse], error) {
	setup, err := s.cameras.CameraSetup(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListCamerasResponse{File: setup.File, RestartNeeded: setup.RestartNeeded}
	for _, c := range setup.Cameras {
		res.Cameras = append(res.Cameras, &menshenv1.CameraState{
			Settings: cameraToWire(c.CameraSettings), Running: c.Running, Ok: c.Status.OK, Message: c.Status.Message, Figures: c.Status.Figures,
		})
	}
	return connect.NewResponse(res), nil
}

// TryCamera takes one picture.
func (s cameraService) TryCamera(ctx context.Context, req *connect.Request[menshenv1.TryCameraRequest]) (*connect.Response[menshenv1.TryCameraResponse], error) {
	c, err := cameraFromWire(req.Msg.GetCamera())
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "camera.try", "camera/"+c.ID, "", nil); err != nil {
		return nil, err
	}
	p, err := s.cameras.TryCamera(ctx, c)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.TryCameraResponse{
		Jpeg: p.JPEG, Width: int32(p.Width), Height: int32(p.Height), FrameWidth: int32(p.FrameWidth), FrameHeight: int32(p.FrameHeight), //nolint:gosec // pixels
	}
	for _, f := range p.Faces {
		res.Faces = append(res.Faces, &menshenv1.CameraFace{X: f.Box.X, Y: f.Box.Y, Width: f.Box.W, Height: f.Box.H, Score: f.Score})
	}
	return connect.NewResponse(res), nil
}

// PutCamera writes a camera into the file.
func (s cameraService) PutCamera(ctx context.Context, req *connect.Request[menshenv1.PutCameraRequest]) (*connect.Response[menshenv1.PutCameraResponse], error) {
	c, err := cameraFromWire(req.Msg.GetCamera())
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "camera.put", "camera/"+c.ID, "", map[string]any{"gate": c.Gate}); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutCameraResponse{}), s.cameras.PutCamera(ctx, c)
}

// RemoveCamera takes a camera out of the file.
func (s cameraService) RemoveCamera(ctx context.Context, req *connect.Request[menshenv1.RemoveCameraRequest]) (*connect.Response[menshenv1.RemoveCameraResponse], error) {
	if err := s.recorder.record(ctx, "camera.remove", "camera/"+req.Msg.GetId(), "", nil); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RemoveCameraResponse{}), s.cameras.RemoveCamera(ctx, req.Msg.GetId())
}

// DiscoverCameras asks the local network.
func (s cameraService) DiscoverCameras(ctx context.Context, _ *connect.Request[menshenv1.DiscoverCamerasRequest]) (*connect.Response[menshenv1.DiscoverCamerasResponse], error) {
	if err := s.recorder.record(ctx, "camera.discover", "", "", nil); err != nil {
		return nil, err
	}
	found, err := s.cameras.DiscoverCameras(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.DiscoverCamerasResponse{}
	for _, f := range found {
		res.Cameras = append(res.Cameras, &menshenv1.FoundCamera{Name: f.Name, Hardware: f.Hardware, Address: f.Host, Service: f.Service, Source: f.Source})
	}
	return connect.NewResponse(res), nil
}

// Restart starts everything anew.
func (s cameraService) Restart(ctx context.Context, _ *connect.Request[menshenv1.RestartRequest]) (*connect.Response[menshenv1.RestartResponse], error) {
	if err := s.recorder.record(ctx, "hub.restart", "", "", nil); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RestartResponse{}), s.cameras.Restart(ctx)
}

const (
	maxCorners = 32
	maxSource  = 2048 // bytes
)

func cameraFromWire(m *menshenv1.CameraSettings) (CameraSettings, error) {
	const op = "web.camera"
	c := CameraSettings{
		ID: m.GetId(), Gate: m.GetGate(), Direction: m.GetDirection(), Source: m.GetSource(), Transport: m.GetTransport(),
		Rate: m.GetAnalyseRate(), Width: int(m.GetAnalyseWidth()), MinFace: int(m.GetMinFace()),
	}
	switch {
	case c.Source == "" || len(c.Source) > maxSource:
		return c, menshen.Errorf(menshen.CodeInvalid, op, "source: no address, or a very long one").WithHint("give the rtsp:// address of the camera's stream")
	case len(m.GetRegion()) > maxCorners:
		return c, menshen.Errorf(menshen.CodeInvalid, op, "region: more than %d corners", maxCorners).WithHint("draw it with fewer")
	}
	for _, p := range m.GetRegion() {
		c.Region = append(c.Region, menshen.Point{X: p.GetX(), Y: p.GetY()})
	}
	return c, nil
}

func cameraToWire(c CameraSettings) *menshenv1.CameraSettings {
	m := &menshenv1.CameraSettings{
		Id: c.ID, Gate: c.Gate, Direction: c.Direction, Source: c.Source, Transport: c.Transport,
		AnalyseRate: c.Rate, AnalyseWidth: int32(c.Width), MinFace: int32(c.MinFace), //nolint:gosec // pixels
	}
	for _, p := range c.Region {
		m.Region = append(m.Region, &menshenv1.CameraCorner{X: p.X, Y: p.Y})
	}
	return m
}
