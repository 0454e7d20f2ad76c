package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/config"
)

const site = `
site:
  id: jiayuan
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
`

const camera = site + `
cameras:
  - {id: east-1, gate: east, source: "rtsp://guard:s3cret@192.0.2.10/1"}
`

// The shipped file says what the defaults are; this keeps it true.
func TestShippedFileHoldsTheDefaults(t *testing.T) {
	got, err := config.Parse("menshen.yaml", config.Shipped)
	if err != nil {
		t.Fatal(err)
	}
	if want := config.Default(); got.Data != want.Data || got.Engine != want.Engine || got.Access != want.Access ||
		got.Bus != want.Bus || !reflect.DeepEqual(got.Web, want.Web) || got.Tracing != want.Tracing || got.Simulation != want.Simulation || got.Log != want.Log {
		t.Errorf("the shipped file gives\n%+v\nthe defaults are\n%+v", got, want)
	}
}

// The examples in the shipped file must work as they stand, once their comment signs are gone.
func TestShippedExamplesAreValid(t *testing.T) {
	var b strings.Builder
	in := false
	for line := range strings.Lines(string(config.Shipped)) {
		if strings.HasPrefix(line, "# site:") || strings.HasPrefix(line, "# cameras:") || strings.HasPrefix(line, "# doors:") || strings.HasPrefix(line, "# webhooks:") {
			in = true
		}
		if !strings.HasPrefix(line, "#") {
			in = false
		}
		if in {
			line = strings.TrimPrefix(line, "# ")
		}
		b.WriteString(line)
	}
	c, err := config.Parse("menshen.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Cameras) != 1 || len(c.Site.Gates) != 2 || len(c.Doors) != 2 || len(c.Webhooks) != 1 || c.Simulated() {
		t.Errorf("the examples were not all read: %+v", c)
	}
}

func TestErrorsNameKeyAndLine(t *testing.T) {
	for name, tt := range map[string]struct{ text, message, hint string }{
		"unknown key":     {"cammeras: []\n", `menshen.yaml, line 1: unknown key "cammeras"`, `did you mean "cameras"?`},
		"unknown below":   {"web:\n  lisen: a\n", `line 2: unknown key "lisen"`, `did you mean "listen"?`},
		"wrong form":      {"simulation:\n  people: many\n", "line 2", "correct that line"},
		"no YAML":         {"a: [\n", "menshen.yaml, line", "correct that line"},
		"out of range":    {"access: {cooldown: 1h}\n", "access.cooldown: 1h0m0s is out of range", "use 1s to 10m0s"},
		"engine":          {"engine: {name: arcface}\n", `engine.name: "arcface" is not known`, `"opencv" "dlib"`},
		"host":            {"web: {hosts: [\"gate.example:8080\"]}\n", "web.hosts", "without a port"},
		"host of a post":  {camera + "posts: [{id: p, gates: [east], hosts: [a b]}]\n", "posts[0] (p).hosts", "192.0.2.1"},
		"hub in clear":    {camera + "posts: [{id: p, gates: [east], hub: \"nats://192.0.2.1:4222\"}]\n", "without encryption", "tls://"},
		"post of nowhere": {camera + "posts: [{id: p, gates: [east], web: \":80\"}]\n", "posts[0] (p).web", "127.0.0.1:8081"},
		"acme domain":     {"web: {listen: \"0.0.0.0:443\", acme: {domains: [192.0.2.1]}}\n", "web.acme.domains", "gate.example"},
		"acme twice":      {"web: {listen: \"0.0.0.0:443\", tls_cert: a, tls_key: b, acme: {domains: [gate.example]}}\n", "web.tls_cert", "the other"},
		"acme directory":  {"web: {listen: \"0.0.0.0:443\", acme: {domains: [gate.example], directory: \"http://a\"}}\n", "web.acme.directory", "https://"},
		"acme at home":    {"web: {acme: {domains: [gate.example]}}\n", "web.listen", "443"},
		"links in clear":  {"web: {public_url: \"http://gate.example\"}\n", "web.public_url", "https://"},
		"a public path":   {"web: {public_url: \"https://gate.example/x\"}\n", "web.public_url", "https://gate.example"},
		"no port":         {"web: {listen: localhost}\n", "web.listen", "127.0.0.1:8080"},
		"half a pair":     {"web: {tls_cert: a.pem}\n", "web.tls_key", "neither"},
		"fpir":            {"engine: {fpir: 0.3}\n", "engine.fpir: 0.3 is out of range", "use 0.0001 to 0.05"},
		"half thresholds": {"engine: {known: 1}\n", "engine.unsure", "set both"},
		"no gate":         {site + "cameras: [{id: a, gate: west, source: x}]\n", `there is no gate "west"`, "site.gates"},
		"twice":           {site + "cameras: [{id: a, gate: east, source: x}, {id: a, gate: east, source: x}]\n", "used twice", "its own id"},
		"direction":       {site + "cameras: [{id: a, gate: east, source: x, direction: up}]\n", `"up" is not known`, "in"},
		"region":          {site + "cameras: [{id: a, gate: east, source: x, region: [[0,0],[1,2],[1,1]]}]\n", "region", "0 to 1"},
		"slug":            {site + "cameras: [{id: A b, gate: east, source: x}]\n", "camera id", "lower-case"},
		"time zone":       {camera + "\n", "", ""},
		"zone":            {strings.Replace(camera, "to: compound", "to: garden", 1), `unknown zone "garden"`, "correct the name"},
		"webhook":         {"webhooks: [{id: a, url: \"http://example.org\"}]\n", "webhooks[0] (a).url", "https"},
		"webhook twice":   {"webhooks: [{id: a, url: \"https://a.org\"}, {id: a, url: \"https://a.org\"}]\n", "used twice", "its own id"},
		"webhook event":   {"webhooks: [{id: a, url: \"https://a.org\", events: [weather]}]\n", `"weather" is not known`, "alert"},
		"door action":     {camera + "doors: [{gate: east, driver: http, url: x, actions: {explode: x}}]\n", "actions", "emergency"},
		"onvif":           {camera + "doors: [{gate: east, driver: onvif}]\n", "doors[0] (east).url", "device_service"},
		"held open":       {"access: {door_held_open: 2h}\n", "access.door_held_open", "1h0m0s"},
		"door":            {camera + "doors: [{gate: east, driver: http}]\n", "doors[0] (east).url", "relay"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("menshen.yaml", []byte(tt.text))
			if tt.message == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			message, hint := menshen.ErrorMessage(err)
			if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, tt.message) || !strings.Contains(hint, tt.hint) {
				t.Errorf("got %q, hint %q; want %q, %q", message, hint, tt.message, tt.hint)
			}
		})
	}
}

func TestEnvironmentOverrides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "menshen.yaml")
	if err := os.WriteFile(path, []byte(camera), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, true, []string{
		"MENSHEN_WEB_LISTEN=127.0.0.1:9", "MENSHEN_ACCESS_COOLDOWN=30s", "MENSHEN_ENGINE_KNOWN=0.9", "MENSHEN_ENGINE_UNSURE=1.1",
		"MENSHEN_SIMULATION_SEED=7", "MENSHEN_ENGINE_EVALUATION=true", "MENSHEN_CAMERA_EAST_1_SOURCE=rtsp://a:b@192.0.2.1/",
		"MENSHEN_TEST_CHILD=1", "MENSHEN_SERVICE_HOST=10.0.0.1", "MENSHEN_PORT=tcp://10.0.0.1:80", "PATH=/bin",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Web.Listen != "127.0.0.1:9" || c.Access.Cooldown != 30*time.Second || c.Engine.Known != 0.9 || c.Simulation.Seed != 7 ||
		!c.Engine.Evaluation || c.Cameras[0].Source.Reveal() != "rtsp://a:b@192.0.2.1/" {
		t.Errorf("got %+v", c)
	}
	if want := filepath.Join(filepath.Dir(path), "data"); c.DataFolder() != want {
		t.Errorf("data folder %q, want %q: beside the file", c.DataFolder(), want)
	}
	for name, entry := range map[string]string{"unknown": "MENSHEN_WEB_LISTN=1", "form": "MENSHEN_ACCESS_COOLDOWN=soon", "range": "MENSHEN_ACCESS_COOLDOWN=1ms"} {
		if _, err := config.Load(path, true, []string{entry}); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
}

// The commands that do not open cameras work where the address is known to the service alone.
func TestSourceMayBeElsewhere(t *testing.T) {
	c, err := config.Parse("menshen.yaml", []byte(site+"cameras: [{id: a-1, gate: east}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	message, hint := menshen.ErrorMessage(c.CheckSources())
	if !strings.Contains(message, "cameras[0] (a-1).source") || !strings.Contains(hint, "MENSHEN_CAMERA_A_1_SOURCE") {
		t.Errorf("got %q, hint %q", message, hint)
	}
}

func TestMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "menshen.yaml")
	c, err := config.Load(path, false, nil)
	if err != nil || !c.Simulated() || filepath.Base(c.DataFolder()) != "simulated" {
		t.Errorf("got %+v, %v; want the defaults: a simulated community", c, err)
	}
	if _, err := config.Load(path, true, nil); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("got %v, want not found for a file that was asked for", err)
	}
}

// A password in a camera's address must not come out in an error or a print-out.
func TestSecretsStayInside(t *testing.T) {
	c, err := config.Parse("menshen.yaml", []byte(camera))
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Cameras[0].Source; strings.Contains(s.String(), "s3cret") {
		t.Error("a source prints its password")
	}
	_, err = config.Parse("menshen.yaml", []byte(camera+"web: {lisen: 1}\n"))
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(config.Shipped)
	f.Add([]byte(camera))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("menshen.yaml", data)
		if err == nil && c.Validate() != nil {
			t.Error("accepted, but not valid")
		}
		if err != nil && menshen.ErrorCode(err) == menshen.CodeInternal {
			t.Errorf("an error without words for people: %v", err)
		}
	})
}
