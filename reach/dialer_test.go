package reach_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/reach"
	"menshen/reach/reachtest"
)

// answers are what a server of names says that a stranger has.
var answers = map[string]string{
	"inside.example": "127.0.0.1", "inside6.example": "::1", "keys.example": "169.254.169.254", "link.example": "fe80::1", "zero.example": "0.0.0.0", "zero6.example": "::",
	"mapped.example": "::ffff:127.0.0.1", "nat64.example": "64:ff9b::7f00:1", "sixtofour.example": "2002:7f00:1::", "alibaba.example": "100.100.100.200", "azure.example": "168.63.129.16",
	"aws6.example": "fd00:ec2::254", "group.example": "239.255.255.250", "all.example": "255.255.255.255",
}

// TestNothingLeadsInside: whatever a name, a redirect or a server's own word says instead of the address of the configuration, it leads to no
// special network. What listens on this machine is there and is not reached.
func TestNothingLeadsInside(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d := reach.NewDialer(reachtest.Names(t, answers), "https://provider.example/", "http://127.0.0.1:1/", "https://inside.example:"+port+"/", "", "::")
	hosts := []string{
		"127.0.0.1", "127.0.0.2", "127.255.255.254", "localhost", "LOCALHOST", "::1", "0:0:0:0:0:0:0:1", "0.0.0.0", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
		"169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fec0::1", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "0.1.2.3",
	}
	own, err := net.InterfaceAddrs() // the hub's own services listen there too
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			hosts = append(hosts, p.Addr().String())
		}
	}
	for name := range answers {
		hosts = append(hosts, name, name+".", strings.ToUpper(name))
	}
	for _, host := range hosts {
		c, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		if err == nil {
			c.Close()
		}
		if menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.01", "localhost.", "nowhere.example", ""} { // no way of writing is another way in
		c, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		if err == nil {
			c.Close()
			t.Errorf("%q: connected", host)
		}
	}
}

// TestWhatIsNamedIsReached: who writes an address of this machine into the configuration means it, with its port; a redirect of it to
// another port, and a name, are not meant.
func TestWhatIsNamedIsReached(t *testing.T) {
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the hub") }))
	defer hub.Close()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, hub.URL, http.StatusFound)
		}
	}))
	defer provider.Close()
	places := []string{provider.URL, strings.Replace(provider.URL, "127.0.0.1", "localhost", 1)}
	if name, err := os.Hostname(); err == nil { // as Debian has it: the machine's own name is 127.0.1.1
		if at, err := net.DefaultResolver.LookupHost(t.Context(), name); err == nil && strings.HasPrefix(at[0], "127.") {
			l, err := net.Listen("tcp", at[0]+":"+port(t, provider.URL))
			if at[0] != "127.0.0.1" {
				if err != nil {
					t.Fatal(err)
				}
				there := &http.Server{Handler: provider.Config.Handler, ReadHeaderTimeout: time.Minute}
				go func() { _ = there.Serve(l) }() // until it is closed
				defer there.Close()
			}
			places = append(places, strings.Replace(provider.URL, "127.0.0.1", name, 1))
		}
	}
	for _, named := range places {
		tr := reach.Transport(named)
		client := &http.Client{Transport: tr}
		for path, want := range map[string]menshen.Code{"": "", "/away": menshen.CodeDenied} {
			res, err := client.Get(named + path)
			if err == nil {
				res.Body.Close()
			}
			if menshen.ErrorCode(err) != want {
				t.Errorf("%s%s: %v, want %q", named, path, err, want)
			}
		}
		tr.CloseIdleConnections()
	}
}

func port(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// TestMain has a proxy in the environment, which is read once in a process.
func TestMain(m *testing.M) {
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { proxied <- r.URL.String() }))
	if err := os.Setenv("HTTP_PROXY", proxy.URL); err != nil {
		panic(err)
	}
	code := m.Run()
	proxy.Close()
	os.Exit(code)
}

var proxied = make(chan string, 10) // what the proxy was asked for

// TestProxy: a proxy of the environment is reached where it is, and is not asked for what lies inside.
func TestProxy(t *testing.T) {
	tr := reach.Transport("http://provider.example/")
	defer tr.CloseIdleConnections()
	client := &http.Client{Transport: tr}
	res, err := client.Get("http://provider.example/x")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := <-proxied; got != "http://provider.example/x" {
		t.Errorf("the proxy was asked for %s", got)
	}
	for _, address := range []string{"http://169.254.169.254/latest", "http://[fe80::1]/", "http://0x7f.1/", "http://2130706433/"} {
		res, err := client.Get(address)
		if err == nil {
			res.Body.Close()
		}
		if menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(proxied) > 0 {
		t.Errorf("the proxy was asked for %s too", <-proxied)
	}
}
