package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
)

// Validate names the first key whose value cannot be used, with its range.
func (c Config) Validate() error {
	checks := []func() error{c.checkLog, c.checkSite, c.checkCameras, c.checkPlaces, c.checkEngine, c.checkAccess, c.checkDoors, c.checkPosts, c.checkWebhooks, c.checkListeners, c.checkOIDC, c.checkRetention, c.checkAudit, c.checkRest}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func invalid(key, format string, args ...any) *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, "config", "%s: %s", key, fmt.Sprintf(format, args...))
}

func oneOf(key, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return invalid(key, "%q is not known", value).WithHint("use one of %q", allowed)
	}
	return nil
}

func within[T int | float64 | time.Duration](key string, value, low, high T) error {
	if value < low || value > high {
		return invalid(key, "%v is out of range", value).WithHint("use %v to %v", low, high)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c Config) checkLog() error {
	if c.Data == "" {
		return invalid("data", "no folder is named").WithHint("name a folder, for example data")
	}
	return first(
		oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error"),
		oneOf("log.format", c.Log.Format, "text", "json"),
	)
}

func (c Config) checkSite() error {
	if c.Simulated() {
		return nil // the simulated community brings its own
	}
	_, err := c.Community()
	return err
}

func (c Config) checkCameras() error {
	gates, seen := map[string]bool{}, map[string]bool{}
	for _, g := range c.Site.Gates {
		gates[g.ID] = true
	}
	for i, cam := range c.Cameras {
		key := func(name string) string { return fmt.Sprintf("cameras[%d] (%s).%s", i, cam.ID, name) }
		if err := menshen.ValidateSlug("camera", cam.ID); err != nil {
			return err
		}
		if seen[cam.ID] {
			return invalid(key("id"), "is used twice").WithHint("give each camera its own id")
		}
		seen[cam.ID] = true
		if !gates[cam.Gate] {
			return invalid(key("gate"), "there is no gate %q", cam.Gate).WithHint("add it under site.gates, or correct the name")
		}
		if err := first(
			oneOf(key("direction"), cam.Direction, string(menshen.DirectionIn), string(menshen.DirectionOut)),
			oneOf(key("transport"), cam.Transport, "tcp", "udp"),
			within(key("analyse_rate"), cam.AnalyseRate, 0.5, 25),
			within(key("analyse_width"), cam.Width, 160, 1920),
			within(key("min_face"), cam.MinFace, 24, 1000),
		); err != nil {
			return err
		}
		if n := len(cam.Region); n == 1 || n == 2 {
			return invalid(key("region"), "has %d corners", n).WithHint("give three or more corners, or none for the whole picture")
		}
		for _, corner := range cam.Region {
			if err := first(within(key("region"), corner[0], 0, 1), within(key("region"), corner[1], 0, 1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckSources checks that every camera has an address. It is apart from Validate because an address may stand in the
// environment of the service alone, and other commands must work without it.
func (c Config) CheckSources() error {
	for i := range c.Cameras {
		if err := c.CheckSource(i); err != nil {
			return err
		}
	}
	return nil
}

// CheckSource checks that camera i has an address.
func (c Config) CheckSource(i int) error {
	if cam := c.Cameras[i]; cam.Source == "" {
		return invalid(fmt.Sprintf("cameras[%d] (%s).source", i, cam.ID), "is empty").
			WithHint("give an rtsp:// address, a video file or a device such as /dev/video0, here or in %sCAMERA_%s_SOURCE", Prefix, variable(cam.ID))
	}
	return nil
}

func (c Config) checkEngine() error {
	if c.Engine.Models == "" {
		return invalid("engine.models", "no folder is named").WithHint("name a folder, for example models/files")
	}
	if (c.Engine.Known == 0) != (c.Engine.Unsure == 0) || c.Engine.Unsure < c.Engine.Known {
		return invalid("engine.unsure", "does not fit engine.known").WithHint("set both, unsure not smaller than known, or neither")
	}
	return first(
		oneOf("engine.name", c.Engine.Name, "opencv", "dlib"),
		within("engine.recognizers", c.Engine.Recognizers, 1, 64),
		within("engine.networks", c.Engine.Networks, 1, 64),
		within("engine.fpir", c.Engine.FPIR, 0.0001, 0.05),
		within("engine.known", c.Engine.Known, 0, 2),
		within("engine.unsure", c.Engine.Unsure, 0, 2),
	)
}

func (c Config) checkAccess() error {
	return first(
		within("access.cooldown", c.Access.Cooldown, time.Second, 10*time.Minute),
		within("access.patience", c.Access.Patience, 500*time.Millisecond, time.Minute),
		within("access.min_agreeing", c.Access.MinAgreeing, 1, 10),
		within("access.door_limit", c.Access.DoorLimit, 100*time.Millisecond, 30*time.Second),
		within("access.door_hold", c.Access.DoorHold, 500*time.Millisecond, 2*time.Minute),
		within("access.door_held_open", c.Access.DoorOpen, time.Second, time.Hour),
		oneOf("access.masked", c.Access.Masked, "allow", "review"),
	)
}

func (c Config) checkDoors() error {
	seen := map[string]bool{}
	for i, d := range c.Doors {
		key := func(name string) string { return fmt.Sprintf("doors[%d] (%s).%s", i, d.Gate, name) }
		if !slices.ContainsFunc(c.Site.Gates, func(g Gate) bool { return g.ID == d.Gate }) {
			return invalid(key("gate"), "there is no gate %q", d.Gate).WithHint("add it under site.gates, or correct the name")
		}
		if seen[d.Gate] {
			return invalid(key("gate"), "the gate has two doors").WithHint("keep one of them")
		}
		seen[d.Gate] = true
		if err := oneOf(key("driver"), d.Driver, "nats", "http", "onvif", "simulated", "none"); err != nil {
			return err
		}
		if d.Driver == "http" && d.URL == "" {
			return invalid(key("url"), "is empty").WithHint("give the address of the relay")
		}
		if d.Driver == "onvif" && d.URL == "" {
			return invalid(key("url"), "is empty").WithHint("give the address of the device service, for example http://192.0.2.21/onvif/device_service")
		}
		for action := range d.Actions {
			if err := oneOf(key("actions"), action, "open", "hold", "lock", "normal", "emergency"); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPlaces checks where cameras given over the pages may be.
func (c Config) checkPlaces() error {
	for i, p := range c.Places {
		if _, err := netip.ParsePrefix(p); err != nil && !filepath.IsAbs(p) {
			return invalid(fmt.Sprintf("camera_places[%d]", i), "%q is neither a network nor a folder", p).
				WithHint("write a network like 127.0.0.0/8, or the whole path of a folder, from / on")
		}
	}
	return nil
}

func (c Config) checkWebhooks() error {
	seen := map[string]bool{}
	for i, w := range c.Webhooks {
		key := func(name string) string { return fmt.Sprintf("webhooks[%d] (%s).%s", i, w.ID, name) }
		if err := menshen.ValidateSlug("webhook", w.ID); err != nil {
			return err
		}
		if seen[w.ID] {
			return invalid(key("id"), "is used twice").WithHint("give each webhook its own id")
		}
		seen[w.ID] = true
		if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && w.Private) {
			return invalid(key("url"), "is no usable address").
				WithHint("use https://…; http only with private: true, in the site's own network")
		}
		for _, e := range w.Events {
			if err := oneOf(key("events"), e, "pass", "alert"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c Config) checkListeners() error {
	listeners := map[string]string{"bus.listen": c.Bus.Listen, "web.listen": c.Web.Listen}
	if c.Bus.MQTT.Listen != "" {
		listeners["bus.mqtt.listen"] = c.Bus.MQTT.Listen
	}
	for key, addr := range listeners {
		host, port, err := net.SplitHostPort(addr)
		n, perr := strconv.Atoi(port)
		if err != nil || perr != nil || n < 0 || n > 65535 || host == "" {
			return invalid(key, "%q is no host:port", addr).WithHint("write it like 127.0.0.1:8080")
		}
	}
	if (c.Web.TLSCert == "") != (c.Web.TLSKey == "") {
		return invalid("web.tls_key", "certificate and key belong together").WithHint("set web.tls_cert and web.tls_key, or neither")
	}
	if u, err := url.Parse(c.Web.PublicURL); c.Web.PublicURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(c.Web.PublicURL, "/") != u.Scheme+"://"+u.Host) {
		return invalid("web.public_url", "%q is no address of a server", c.Web.PublicURL).WithHint("write it like https://gate.example, without a path")
	}
	return first(checkHosts("web.hosts", c.Web.Hosts), c.checkPublic(), c.checkACME())
}

// checkPublic refuses links that would carry what people write across networks in clear.
func (c Config) checkPublic() error {
	if u, err := url.Parse(c.Web.PublicURL); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		return invalid("web.public_url", "%q would have telephones and browsers speak across the network in clear", c.Web.PublicURL).
			WithHint("write it with https://")
	}
	return nil
}

// checkAudit wants an address that nobody on the way can read or answer for.
func (c Config) checkAudit() error {
	if u, err := url.Parse(c.Audit.Checkpoints.URL); c.Audit.Checkpoints.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname()))) {
		return invalid("audit.checkpoints.url", "is no usable address").WithHint("use https://…; http only on this machine")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c Config) checkRest() error {
	return first(
		within("tracing.days", c.Tracing.Days, 1, 366),
		within("tracing.home_limit", c.Tracing.HomeLimit, time.Minute, 30*24*time.Hour),
		within("tracing.gate_window", c.Tracing.GateWindow, time.Second, time.Hour),
		within("tracing.case_days", c.Tracing.CaseDays, 1, 3650),
		within("simulation.people", c.Simulation.People, 1, 1_000_000),
		within("simulation.days", c.Simulation.Days, 0, 60),
	)
}
