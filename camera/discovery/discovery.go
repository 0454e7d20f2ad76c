// Package discovery finds ONVIF cameras in the local network by WS-Discovery 1.1 (OASIS, 2009), as the ONVIF Core
// Specification, chapter 7, has it. It owns the question and the reading of answers. No native code.
package discovery

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"menshen"
)

// Group is the multicast address to which the question goes.
const Group = "239.255.255.250:3702"

// Found is a camera that answered. What it says of itself is not to be trusted.
type Found struct {
	Name     string
	Hardware string
	Host     string
	Service  string // address of its ONVIF device service
}

const (
	op         = "camera.discovery"
	maxAnswer  = 64 << 10
	maxFound   = 256
	maxWord    = 100 // bytes of a name
	probeFirst = `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
		`xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:n="http://www.onvif.org/ver10/network/wsdl"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>` +
		`<a:MessageID>uuid:%s</a:MessageID><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>`
)

// Ask asks the devices at an address, Group usually, and gives who answers within limit, by host. Nobody answering is no error.
func Ask(ctx context.Context, to string, limit time.Duration) ([]Found, error) {
	addr, err := net.ResolveUDPAddr("udp4", to)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s is no address", to).WithCause(err)
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the network cannot be asked for cameras").WithHint("check the network of this machine").WithCause(err)
	}
	defer func() { _ = conn.Close() }() // nothing is waiting to be sent
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the network cannot be asked for cameras").WithCause(err)
	}
	question := fmt.Sprintf(probeFirst, uuid.NewString())
	if _, err := conn.WriteToUDP([]byte(question), addr); err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the network cannot be asked for cameras").
			WithHint("check that this machine is in the network of the cameras").WithCause(err)
	}
	var all []Found
	answer := make([]byte, maxAnswer)
	for len(all) < maxFound {
		n, from, err := conn.ReadFromUDP(answer)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the network cannot be asked for cameras").WithCause(err)
		}
		for _, f := range Read(answer[:n], from.IP.String()) {
			if !slices.ContainsFunc(all, func(x Found) bool { return x.Service == f.Service }) {
				all = append(all, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return strings.Compare(a.Host, b.Host) })
	return all, nil
}

// envelope is what of an answer is read.
type envelope struct {
	Matches []struct {
		Scopes string `xml:"Scopes"`
		XAddrs string `xml:"XAddrs"`
	} `xml:"Body>ProbeMatches>ProbeMatch"`
}

// Read gives the cameras of an answer that came from a host; none where it cannot be read. Only services on the host that
// answered are taken: an answer must not lead anybody elsewhere.
func Read(answer []byte, host string) (all []Found) {
	var e envelope
	if xml.Unmarshal(answer, &e) != nil {
		return nil
	}
	for _, m := range e.Matches {
		for _, x := range strings.Fields(m.XAddrs) {
			u, err := url.Parse(x)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() != host || u.User != nil {
				continue
			}
			all = append(all, Found{Name: scope(m.Scopes, "name"), Hardware: scope(m.Scopes, "hardware"), Host: host, Service: u.String()})
			break
		}
	}
	return all
}

// scope gives one of the words by which ONVIF devices describe themselves.
func scope(scopes, word string) string {
	for _, s := range strings.Fields(scopes) {
		if value, ok := strings.CutPrefix(s, "onvif://www.onvif.org/"+word+"/"); ok {
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			value = strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, strings.ToValidUTF8(value, ""))
			return strings.ToValidUTF8(value[:min(len(value), maxWord)], "")
		}
	}
	return ""
}
