package main_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/sys/unix"

	"menshen/camera/rtsptest"
)

// canary is a secret that was put in on purpose, to be searched for where it must not be.
type canary struct {
	name string
	text string
}

// forms are how a canary may be written.
func (c canary) forms() map[string]string {
	all := map[string]string{
		"as it is": c.text, "in hex": hex.EncodeToString([]byte(c.text)),
		"in base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(c.text)), "="), "in base64 of URLs": base64.RawURLEncoding.EncodeToString([]byte(c.text)),
	}
	if escaped := url.QueryEscape(c.text); escaped != c.text {
		all["escaped"] = escaped
	}
	return all
}

// birdwatch has planted canaries, and looks for them.
type birdwatch struct {
	t        *testing.T
	canaries []canary
}

func (b *birdwatch) plant(name, text string) string {
	b.t.Helper()
	if len(text) < 6 {
		b.t.Fatalf("the canary %s is too short to be told from chance: %q", name, text)
	}
	b.canaries = append(b.canaries, canary{name: name, text: text})
	return text
}

// notIn reports canaries in a text.
func (b *birdwatch) notIn(place string, text []byte, but ...string) {
	b.t.Helper()
	for _, c := range b.canaries {
		if slices.Contains(but, c.name) {
			continue
		}
		for form, s := range c.forms() {
			if i := bytes.Index(text, []byte(s)); i >= 0 {
				b.t.Errorf("%s, %s, is in %s: …%q", c.name, form, place, text[max(0, i-80):min(len(text), i+20)])
			}
		}
	}
}

// caller calls the API in JSON over HTTP, as pages do.
type caller struct {
	t             *testing.T
	base          string
	hc            *http.Client
	cookie, token string
	answers       bytes.Buffer // of what was refused: words to people
}

func (c *caller) ask(procedure string, ask map[string]any) (status int, answer map[string]any) {
	c.t.Helper()
	if ask == nil {
		ask = map[string]any{}
	}
	body, err := json.Marshal(ask)
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/menshen.v1."+procedure, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "__Host-menshen", Value: c.cookie})
	}
	res, err := c.hc.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range res.Cookies() {
		if k.Name == "__Host-menshen" {
			c.cookie = k.Value
		}
	}
	if res.StatusCode != http.StatusOK {
		fmt.Fprintf(&c.answers, "%s: %s\n%v\n", procedure, text, res.Header)
	}
	_ = json.Unmarshal(text, &answer)
	return res.StatusCode, answer
}

func (c *caller) must(procedure string, ask map[string]any) map[string]any {
	c.t.Helper()
	status, answer := c.ask(procedure, ask)
	if status != http.StatusOK {
		c.t.Fatalf("%s: %d %v", procedure, status, answer)
	}
	return answer
}

// refused makes a call that is to fail, for what it says.
func (c *caller) refused(procedure string, ask map[string]any) {
	c.t.Helper()
	if status, answer := c.ask(procedure, ask); status == http.StatusOK {
		c.t.Errorf("%s was not refused: %v", procedure, answer)
	}
}

// TestCanaries plants secrets of every kind in a running hub and post, has everything done with them that words are said about, and
// searches logs at the level debug, status, doctor, metrics, errors, backups, the environment and arguments of children, and what a
// process leaves that is killed by a signal that usually leaves its memory.
func TestCanaries(t *testing.T) {
	b := &birdwatch{t: t}
	camera := b.plant("the camera's password", "canary-Camera-pw-5Kq")
	rtsp := rtsptest.New(t, rtsptest.Options{User: "menshen", Password: camera, Silence: 10 * patience})
	doorSecret := b.plant("the door's secret", "canary-door-secret-91xT")
	webhookSecret := b.plant("the webhook's secret", "canary-webhook-secret-of-32-chars-7Wz")
	var opened, told atomic.Int64
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+doorSecret {
			opened.Add(1)
		}
		http.Error(w, "the relay is stuck", http.StatusInternalServerError)
	}))
	defer relay.Close()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		told.Add(1)
		http.Error(w, "no", http.StatusInternalServerError)
	}))
	defer hook.Close()
	s := newOpenSite(t, rtsp.URL("east"), fmt.Sprintf(`doors:
  - {gate: east, driver: http, method: POST, url: "%s/open"}
  - {gate: west, driver: nats}
webhooks: [{id: police, url: "%s/hook", private: true, events: [pass, alert]}]
`, relay.URL, hook.URL), "MENSHEN_DOOR_EAST_SECRET="+doorSecret, "MENSHEN_WEBHOOK_POLICE_SECRET="+webhookSecret, "GOTRACEBACK=crash")
	s.atPost()
	data := filepath.Join(s.dir, "data")
	file := func(name string) string {
		text, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	for name, path := range map[string]string{
		"the operator's token": "operator.token", "the MQTT password": "mqtt.password", "the post's key": "post-lodge.nk", "the door's key": "post-lodge/door-west.nk",
		"the site's key": "site.key", "the post's site key": "post-lodge/site.key", "the authority's key": "ca.key",
	} {
		text := file(path)
		if name == "the authority's key" {
			text = strings.Split(text, "\n")[1]
		}
		b.plant(name, text)
	}
	raw, err := hex.DecodeString(file("site.key"))
	if err != nil {
		t.Fatal(err)
	}
	b.plant("the site's key in bytes", string(raw))

	// An account with a second factor.
	hc := s.stranger()
	base := "https://127.0.0.1:" + s.ports["web"]
	page := &caller{t: t, base: base, hc: hc}
	password := b.plant("the account's password", "canary correct horse battery")
	_, code, _ := strings.Cut(s.hub.log.String(), "set-up?code=")
	code, _, _ = strings.Cut(code, "\n")
	page.must("SignInService/SetUp", map[string]any{"code": code, "name": "li", "password": password})
	seed := page.must("AccountService/BeginCodeFactor", nil)["secret"].(string)
	b.plant("the seed of one-time codes", seed)
	page.refused("AccountService/AddCodeFactor", map[string]any{"secret": seed, "code": "000000"})
	now, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page.must("AccountService/AddCodeFactor", map[string]any{"secret": seed, "code": now})
	b.plant("the session's cookie", page.cookie)
	wrong := b.plant("a wrong password", "canary-wrong-password-Jx2")
	(&caller{t: t, base: base, hc: hc}).refused("SignInService/SignIn", map[string]any{"name": "li", "password": wrong})

	// A person with everything that is known of people.
	office := &caller{t: t, base: base, hc: hc, token: file("operator.token")}
	name := b.plant("the person's name", "欧阳金丝雀")
	phone, document := b.plant("the telephone number", "13987650001"), b.plant("the document number", "CANARY77123")
	card := b.plant("the card number", "04CA7A5E11D2F0")
	particulars := map[string]any{"phone": phone, "documentKind": "passport", "documentNumber": document}
	person := office.must("RegistryService/PutPerson", map[string]any{"name": name, "dwelling": "3-2-14-1402", "particulars": particulars})["person"]
	office.must("CredentialService/IssueCredential", map[string]any{"person": person, "kind": "card", "card": card})
	pin := office.must("CredentialService/IssueCredential", map[string]any{"person": person, "kind": "pin"})["secret"].(string)
	b.plant("the PIN", pin)
	office.must("RegistryService/FindByDocument", map[string]any{"documentNumber": document})
	office.must("PersonService/ListPeople", map[string]any{"query": name})
	office.must("GuardService/Present", map[string]any{"gate": "east", "direction": "DIRECTION_IN", "kind": "card", "value": card})
	office.must("GuardService/Present", map[string]any{"gate": "east", "direction": "DIRECTION_IN", "kind": "pin", "value": pin})
	strange := b.plant("a card of nobody", "04CA7A5E11D2F1")
	office.must("GuardService/Present", map[string]any{"gate": "east", "direction": "DIRECTION_IN", "kind": "card", "value": strange})
	// What is refused says why, and not what.
	office.refused("RegistryService/PutPerson", map[string]any{"name": name, "dwelling": "3-2-14-1402", "particulars": map[string]any{"phone": b.plant("a wrong telephone number", "not-a-phone-139c4n4ry"), "documentKind": "nonsense", "documentNumber": document}})
	office.refused("CredentialService/IssueCredential", map[string]any{"person": person, "kind": "card", "card": card})
	office.refused("GuardService/Present", map[string]any{"gate": "nowhere", "direction": "DIRECTION_IN", "kind": "card", "value": card})
	bad := &caller{t: t, base: base, hc: hc, token: b.plant("a wrong token", "menshen_canary_0123456789abcdefghijklmnop")}
	bad.refused("SiteService/GetSite", nil)
	bad = &caller{t: t, base: base, hc: hc, cookie: b.plant("a wrong cookie", "canary-cookie-0123456789abcdefghijklmnopqrs")}
	bad.refused("SiteService/GetSite", nil)
	guard := strings.Fields(s.must("token", "new", "guard-1", "--role", "guard"))
	b.plant("the guard's token", guard[len(guard)-1])
	office.must("GateService/CommandDoors", map[string]any{"action": "open", "gates": []string{"east"}, "reason": "a try"})
	eventually(t, "the relay and the receiver were called", func() bool { return opened.Load() > 0 && told.Load() > 0 })
	tried := b.plant("a wrong password of a camera", "canary-wrong-camera-pw-8Rt")
	office.refused("CameraService/TryCamera", map[string]any{"source": "rtsp://menshen:" + tried + "@" + rtsp.Addr() + "/east"})
	office.must("CameraService/ListCameras", nil)

	// The places.
	metrics, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	metrics.Header.Set("Authorization", "Bearer "+office.token)
	res, err := hc.Do(metrics)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || !strings.Contains(string(text), "menshen_") {
		t.Fatalf("metrics: %v %s", err, text)
	}
	b.notIn("the metrics", text)
	for _, args := range [][]string{{"status"}, {"status", "--format", "json"}, {"doctor"}, {"config", "check"}, {"certificate"}, {"certificate", "export"}, {"token", "list"}, {"account", "list"}} {
		r := s.try(args...)
		b.notIn("menshen "+strings.Join(args, " "), []byte(r.out+r.err))
	}
	b.notIn("answers that refuse", append(page.answers.Bytes(), append(office.answers.Bytes(), bad.answers.Bytes()...)...), "the person's name") // conflicts name people to those who may read them
	for _, service := range []*service{s.hub, s.post} {
		for _, pid := range family(service.cmd.Process.Pid) {
			proc := filepath.Join("/proc", strconv.Itoa(pid))
			line, _ := os.ReadFile(proc + "/cmdline")
			b.notIn("the arguments of a process", line)
			if limits, err := os.ReadFile(proc + "/limits"); err == nil && !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max core file size 0 0") {
				t.Errorf("process %d (%s) may leave its memory on the disk: %s", pid, line, limits)
			}
			if pid != service.cmd.Process.Pid {
				environ, _ := os.ReadFile(proc + "/environ")
				b.notIn("the environment of a child", environ)
			}
		}
	}
	backup := filepath.Join(t.TempDir(), "backup")
	s.must("backup", backup)
	b.inBackup(backup)
	b.killedBySignal(s.dir, s.hub)
	log := s.hub.log.String()
	if !strings.Contains(log, code) || !strings.Contains(log, "level=DEBUG") {
		t.Error("the log does not hold what is said on purpose, so nothing was looked at")
	}
	b.notIn("the log of the hub", []byte(log))
	b.notIn("the log of the post", []byte(s.post.log.String()))
}

// inBackup searches the files of a backup. The databases hold no secret that opens anything, and neither keys nor numbers of people in
// clear; the keys and passwords of machines are beside them, as the operators' guide says.
func (b *birdwatch) inBackup(folder string) {
	b.t.Helper()
	found := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found++
		beside := []string{}
		switch filepath.Base(path) {
		case "site.db", "gate.db":
			beside = []string{"the person's name"} // what gates and lists are searched by
		case "operator.token":
			beside = []string{"the operator's token"}
		case "mqtt.password":
			beside = []string{"the MQTT password"}
		case "post-lodge.nk":
			beside = []string{"the post's key"}
		case "menshen.yaml":
			beside = []string{"the camera's password"}
		}
		b.notIn("the backup's "+filepath.Base(path), text, beside...)
		return nil
	})
	if err != nil || found < 5 {
		b.t.Errorf("the backup has %d files, %v", found, err)
	}
}

// killedBySignal ends the hub with a signal that has the system keep a process's memory, where nothing forbids it.
func (b *birdwatch) killedBySignal(folder string, s *service) {
	b.t.Helper()
	// First a process that forbids nothing, to know that the system would.
	sleep := exec.Command("sh", "-c", "ulimit -c unlimited; exec sleep 600")
	sleep.Dir = b.t.TempDir()
	if err := sleep.Start(); err != nil {
		b.t.Fatal(err)
	}
	eventually(b.t, "sleep runs", func() bool {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", sleep.Process.Pid))
		return strings.HasPrefix(string(line), "sleep")
	})
	_ = sleep.Process.Signal(syscall.SIGABRT)
	_ = sleep.Wait()
	keeps := sleep.ProcessState.Sys().(syscall.WaitStatus).CoreDump()
	b.t.Logf("a process that forbids nothing leaves its memory here: %v", keeps)

	// GOTRACEBACK=crash has the runtime end as the signal wants. Where root may lift the limit, the kernel's other lock is tried too.
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_CORE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}, nil); err != nil {
		b.t.Logf("the limit cannot even be lifted from outside: %v", err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		b.t.Fatal(err)
	}
	<-s.done
	if state := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() { //nolint:misspell // syscall spells it so
		b.t.Errorf("the hub did not end by the signal: %v", s.cmd.ProcessState)
	}
	if s.cmd.ProcessState.Sys().(syscall.WaitStatus).CoreDump() {
		b.t.Error("the memory of the hub was kept")
	}
	left, _ := filepath.Glob(filepath.Join(folder, "core*"))
	if len(left) > 0 {
		b.t.Errorf("the hub left %v", left)
	}
}
