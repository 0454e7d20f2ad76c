package discovery_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"menshen/camera/discovery"
)

// answerOf is what a camera says, with the address of its service.
func answerOf(service string) string {
	return `<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsdd="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Body>` +
		`<wsdd:ProbeMatches><wsdd:ProbeMatch><wsdd:Scopes>onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/name/East%20gate onvif://www.onvif.org/hardware/IPC-1</wsdd:Scopes>` +
		`<wsdd:XAddrs>http://[fe80::1]/onvif/device_service ` + service + `</wsdd:XAddrs></wsdd:ProbeMatch></wsdd:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`
}

// device answers the first question it hears with some datagrams.
func device(t *testing.T, answers ...string) string {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 4096)
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil || !strings.Contains(string(buf[:n]), "NetworkVideoTransmitter") {
			return
		}
		for _, a := range answers {
			_, _ = conn.WriteToUDP([]byte(a), from)
		}
	}()
	return conn.LocalAddr().String()
}

func TestAsk(t *testing.T) {
	good := answerOf("http://127.0.0.1:8899/onvif/device_service")
	to := device(t, "no XML", good, good, answerOf("http://10.9.8.7/onvif/device_service"), answerOf("http://user:secret@127.0.0.1/x"), answerOf("file:///etc/passwd"))
	found, err := discovery.Ask(t.Context(), to, 500*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	want := "[{East gate IPC-1 127.0.0.1 http://127.0.0.1:8899/onvif/device_service}]"
	if got := fmt.Sprint(found); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAskNobody(t *testing.T) {
	found, err := discovery.Ask(t.Context(), device(t), 100*time.Millisecond)
	if err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAskEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := discovery.Ask(ctx, device(t), time.Hour); err == nil {
		t.Error("it went on")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(answerOf("http://127.0.0.1/onvif/device_service")))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, c := range discovery.Read(answer, "127.0.0.1") {
			if !strings.Contains(c.Service, "127.0.0.1") || len(c.Name) > 100 {
				t.Errorf("%+v", c)
			}
		}
	})
}
