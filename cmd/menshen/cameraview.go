package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/discovery"
	"menshen/config"
	"menshen/web"
)

// cameraView is the cameras of the configuration file, as an operator sets them up.
type cameraView struct{ *hub }

// hiddenPassword stands in the place of a password; see address.Address.
const hiddenPassword = "***"

// read gives the file, empty where there is none, and its cameras.
func (v cameraView) read() (data []byte, cameras []config.Camera, err error) {
	data, err = os.ReadFile(v.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.cameras", "%s cannot be read", v.file).WithCause(err)
	}
	cameras, err = config.CamerasIn(v.file, data)
	return data, cameras, err
}

// CameraSetup implements web.Cameras.
func (v cameraView) CameraSetup(context.Context) (web.CameraSetup, error) {
	data, cameras, err := v.read()
	if err != nil {
		return web.CameraSetup{}, err
	}
	setup := web.CameraSetup{}
	if data != nil {
		setup.File = filepath.Base(v.file)
	}
	statuses := v.cameraStatuses()
	running := v.cfg.Cameras
	setup.RestartNeeded = len(cameras) != len(running)
	for _, c := range cameras {
		state := web.CameraState{CameraSettings: settingsOf(c)}
		if i := slices.IndexFunc(running, func(r config.Camera) bool { return r.ID == c.ID }); i >= 0 {
			state.Running = sameCamera(c, running[i])
		}
		if i := slices.IndexFunc(statuses, func(s web.CameraStatus) bool { return s.ID == c.ID }); i >= 0 {
			state.Status = statuses[i]
		}
		setup.RestartNeeded = setup.RestartNeeded || !state.Running
		setup.Cameras = append(setup.Cameras, state)
	}
	return setup, nil
}

// sameCamera reports whether a camera runs as the file has it: what the file leaves out came from defaults or the environment.
func sameCamera(file, running config.Camera) bool {
	merged := running
	for i, values := 0, reflect.ValueOf(file); i < values.NumField(); i++ {
		if !values.Field(i).IsZero() {
			reflect.ValueOf(&merged).Elem().Field(i).Set(values.Field(i))
		}
	}
	return reflect.DeepEqual(merged, running)
}

// settingsOf shows a camera of the file, with *** in place of its password.
func settingsOf(c config.Camera) web.CameraSettings {
	s := web.CameraSettings{
		ID: c.ID, Gate: c.Gate, Direction: cmp.Or(c.Direction, string(menshen.DirectionIn)), Transport: cmp.Or(c.Transport, "tcp"),
		Rate: c.AnalyseRate, Width: c.Width, MinFace: c.MinFace,
	}
	if at, err := address.Parse(c.Source.Reveal()); err == nil {
		s.Source = at.String()
	}
	for _, p := range c.Region {
		s.Region = append(s.Region, menshen.Point{X: p[0], Y: p[1]})
	}
	return s
}

// camera gives the settings as the file would have them, with the password of before if it was not given anew.
func (v cameraView) camera(s web.CameraSettings, before []config.Camera) (config.Camera, error) {
	c := config.Camera{ID: s.ID, Gate: s.Gate, Direction: s.Direction, Source: menshen.Secret(s.Source), Transport: s.Transport, AnalyseRate: s.Rate, Width: s.Width, MinFace: s.MinFace}
	for _, p := range s.Region {
		c.Region = append(c.Region, [2]float64{p.X, p.Y})
	}
	if !strings.Contains(s.Source, hiddenPassword) {
		return c, nil
	}
	i := slices.IndexFunc(before, func(b config.Camera) bool { return b.ID == s.ID })
	if i < 0 || settingsOf(before[i]).Source != s.Source {
		return c, menshen.Errorf(menshen.CodeInvalid, "cmd.cameras", "source: the address was changed, so its password is asked for anew").
			WithHint("write the password in place of %s", hiddenPassword)
	}
	c.Source, c.Loop = before[i].Source, before[i].Loop
	return c, nil
}

// checkGiven checks where the address of a camera leads that came over the API. Whoever wrote the file may use any.
func (v cameraView) checkGiven(ctx context.Context, c config.Camera, before []config.Camera) error {
	at, err := address.Parse(c.Source.Reveal())
	if err != nil {
		return err
	}
	for _, b := range before {
		if known, err := address.Parse(b.Source.Reveal()); b.ID == c.ID && err == nil && known.Reveal() == at.Reveal() {
			return nil
		}
	}
	own, err := ownAddresses()
	if err != nil {
		return err
	}
	return at.CheckGiven(ctx, net.DefaultResolver, address.Limits{Own: own, Places: v.cfg.Places})
}

// ownAddresses are those of this machine.
func ownAddresses() ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.cameras", "the addresses of this machine cannot be had").WithCause(err)
	}
	var own []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap().WithZone(""))
		}
	}
	return own, nil
}

// TryCamera implements web.Cameras.
func (v cameraView) TryCamera(ctx context.Context, s web.CameraSettings) (web.CameraPicture, error) {
	_, before, err := v.read()
	if err != nil {
		return web.CameraPicture{}, err
	}
	c, err := v.camera(s, before)
	if err != nil {
		return web.CameraPicture{}, err
	}
	if err := v.checkGiven(ctx, c, before); err != nil {
		return web.CameraPicture{}, err
	}
	still, err := v.still(ctx, c)
	return web.CameraPicture{
		JPEG: still.JPEG, Width: still.Width, Height: still.Height, FrameWidth: still.FrameWidth, FrameHeight: still.FrameHeight, Faces: still.Faces,
	}, err
}

// PutCamera implements web.Cameras.
func (v cameraView) PutCamera(ctx context.Context, s web.CameraSettings) error {
	return v.edit(func(cameras []config.Camera) ([]config.Camera, error) {
		c, err := v.camera(s, cameras)
		if err != nil {
			return nil, err
		}
		if err := v.checkGiven(ctx, c, cameras); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(cameras, func(b config.Camera) bool { return b.ID == s.ID }); i >= 0 {
			cameras[i] = c
			return cameras, nil
		}
		return append(cameras, c), nil
	})
}

// RemoveCamera implements web.Cameras.
func (v cameraView) RemoveCamera(_ context.Context, id string) error {
	return v.edit(func(cameras []config.Camera) ([]config.Camera, error) {
		i := slices.IndexFunc(cameras, func(b config.Camera) bool { return b.ID == id })
		if i < 0 {
			return nil, menshen.Errorf(menshen.CodeNotFound, "cmd.cameras", "the configuration has no camera %q", id).WithHint("look at the list again: it may have been removed already")
		}
		return slices.Delete(cameras, i, i+1), nil
	})
}

// edit changes the cameras of the file, all at once or not at all.
func (v cameraView) edit(change func([]config.Camera) ([]config.Camera, error)) error {
	const op = "cmd.cameras"
	v.again.edits.Lock()
	defer v.again.edits.Unlock()
	data, cameras, err := v.read()
	if err != nil {
		return err
	}
	if data == nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "there is no configuration file to write the camera into: this community is simulated").
			WithHint("run menshen config init, describe site and gates in menshen.yaml, and start again")
	}
	if cameras, err = change(cameras); err != nil {
		return err
	}
	edited, err := config.WithCameras(v.file, data, cameras)
	if err != nil {
		return err
	}
	if err := replaceFile(v.file, edited); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "%s cannot be written", v.file).WithHint("see that the file may be written and the disk is not full").WithCause(err)
	}
	return nil
}

// replaceFile puts a new content in place of a file's, with its mode, all at once.
func replaceFile(path string, data []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".menshen-*.yaml")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// discoveryTime is how long cameras may take to answer.
const discoveryTime = 3 * time.Second

// DiscoverCameras implements web.Cameras.
func (v cameraView) DiscoverCameras(ctx context.Context) ([]web.FoundCamera, error) {
	found, err := discovery.Ask(ctx, discovery.Group, discoveryTime)
	if err != nil {
		return nil, err
	}
	var all []web.FoundCamera
	for _, f := range found {
		all = append(all, web.FoundCamera{Name: f.Name, Hardware: f.Hardware, Host: f.Host, Service: f.Service, Source: "rtsp://" + f.Host + ":554/"})
	}
	return all, nil
}

// answerTime is what the answer to the operator who asked for a restart may take to leave.
const answerTime = 500 * time.Millisecond

// Restart implements web.Cameras.
func (v cameraView) Restart(context.Context) error {
	if _, err := config.Load(v.file, false, os.Environ()); err != nil {
		return err // as it is now, it would not start again
	}
	v.again.wanted.Store(true)
	time.AfterFunc(answerTime, v.again.stop)
	return nil
}
