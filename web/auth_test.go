package web_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// procedures lists every procedure of the API from its description, so that a new one is covered by itself.
func procedures() (all []procedure) {
	protoregistry.GlobalFiles.RangeFilesByPackage("menshen.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				m := service.Methods().Get(j)
				all = append(all, procedure{"/" + string(service.FullName()) + "/" + string(m.Name()), m.IsStreamingServer()})
			}
		}
		return true
	})
	slices.SortFunc(all, func(a, b procedure) int { return strings.Compare(a.path, b.path) })
	return all
}

type procedure struct {
	path   string
	stream bool
}

// call sends an empty request with the value as the Authorization header and gives the error of the first answer.
func (p procedure) call(base, authorization string) error {
	return p.send(base, func(h http.Header) {
		if authorization != "" {
			h.Set("Authorization", authorization)
		}
	})
}

// send sends an empty request with what sign puts into its header, and gives the error of the first answer.
func (p procedure) send(base string, sign func(h http.Header)) error {
	t := &http.Transport{}
	defer t.CloseIdleConnections()
	c := connect.NewClient[emptypb.Empty, emptypb.Empty](&http.Client{Transport: t}, base+p.path)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req := connect.NewRequest(&emptypb.Empty{})
	sign(req.Header())
	if !p.stream {
		_, err := c.CallUnary(ctx, req)
		return err
	}
	s, err := c.CallServerStream(ctx, req)
	if err != nil {
		return err
	}
	defer s.Close()
	s.Receive()
	return s.Err()
}

func TestAuthentication(t *testing.T) {
	all := procedures()
	if len(all) < 60 {
		t.Fatalf("only %d procedures are known", len(all))
	}
	for _, p := range all {
		if strings.HasPrefix(p.path, "/"+menshenv1connect.SignInServiceName+"/") {
			continue // for whoever has nothing yet
		}
		t.Run(p.path, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			right := s.token.Reveal()
			for name, header := range map[string]string{
				"none": "", "empty": "Bearer ", "wrong": "Bearer " + web.NewToken().Reveal(), "cut": "Bearer " + right[:len(right)-1],
				"basic": "Basic " + right, "bare": right,
			} {
				err := p.call(s.url, header)
				if connect.CodeOf(err) != connect.CodeUnauthenticated {
					t.Errorf("%s token: %v", name, err)
				}
				if len(s.events) > 0 {
					t.Fatalf("%s token: the call got through to %v", name, s.events)
				}
			}
			for _, header := range []string{"Bearer " + right, "bearer  " + right} {
				if err := p.call(s.url, header); connect.CodeOf(err) == connect.CodeUnauthenticated {
					t.Errorf("right token: %v", err)
				}
			}
			if strings.Contains(s.log.String(), right) {
				t.Error("the token is in the log")
			}
		})
	}
}

func TestWrongTokensAreThrottledAndTheRightOneIsNot(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	p := procedure{path: menshenv1connect.SiteServiceGetSiteProcedure}
	refused := map[connect.Code]int{}
	for range 30 {
		refused[connect.CodeOf(p.call(s.url, "Bearer "+web.NewToken().Reveal()))]++
	}
	if refused[connect.CodeUnauthenticated] != 10 || refused[connect.CodeResourceExhausted] != 20 {
		t.Errorf("answers: %v", refused)
	}
	if n := strings.Count(s.log.String(), "call without a valid token"); n != 10 {
		t.Errorf("%d lines in the log", n)
	}
	if err := p.call(s.url, "Bearer "+s.token.Reveal()); err != nil {
		t.Errorf("the right token: %v", err)
	}
}

// wordsOf gives all that an error says, in both languages.
func wordsOf(t *testing.T, body string) string {
	t.Helper()
	var e struct {
		Message string
		Details []struct{ Type, Value string }
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	said := []string{e.Message}
	for _, d := range e.Details {
		value, err := base64.RawStdEncoding.DecodeString(d.Value)
		if err != nil {
			t.Fatal(err)
		}
		switch d.Type {
		case "menshen.v1.ErrorDetail":
			var m menshenv1.ErrorDetail
			err = proto.Unmarshal(value, &m)
			said = append(said, m.Hint)
		case "menshen.v1.ErrorChinese":
			var m menshenv1.ErrorChinese
			err = proto.Unmarshal(value, &m)
			said = append(said, m.Message, m.Hint)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(said, "\n")
}

// Whoever uses a page is asked to sign in, in their language; a program is asked for a token.
func TestNobodySignedInIsAskedToSignIn(t *testing.T) {
	const path = "SiteService/GetSite"
	s := MustServe(t, newHouse(), web.Config{})
	for name, c := range map[string]struct {
		headers   []string
		say, hush []string
	}{
		"a page":          {[]string{"Sec-Fetch-Site", "same-origin", "Accept-Language", "zh-CN"}, []string{"nobody is signed in", "中文：nobody is signed in", "中文：sign in, then do it again"}, []string{"token"}},
		"a page, in HTTP": {[]string{"Origin", s.url}, []string{"nobody is signed in", "sign in, then do it again"}, []string{"token"}},
		"a program":       {nil, []string{"this call needs a token", "中文：this call needs a token", "Bearer"}, []string{"sign"}},
		"a wrong token":   {[]string{"Authorization", "Bearer " + web.NewToken().Reveal(), "Origin", s.url}, []string{"this token is not valid", "中文：this token is not valid"}, []string{"sign"}},
	} {
		state, body, _ := s.ask(t, "", path, "{}", c.headers...)
		body = wordsOf(t, body)
		if state != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, state, body)
		}
		for _, words := range c.say {
			if !strings.Contains(body, words) {
				t.Errorf("%s: %q is missing in %s", name, words, body)
			}
		}
		for _, words := range c.hush {
			if strings.Contains(body, words) {
				t.Errorf("%s: %q is in %s", name, words, body)
			}
		}
	}
	refused := 0
	for range 20 {
		state, body, _ := s.ask(t, "", path, "{}", "Origin", s.url)
		if state == http.StatusTooManyRequests {
			refused++
		}
		if strings.Contains(wordsOf(t, body), "token") || state != http.StatusUnauthorized && state != http.StatusTooManyRequests {
			t.Fatalf("a page: %d %s", state, body)
		}
	}
	if refused == 0 {
		t.Error("a page may ask as often as it likes")
	}
}

func TestMetricsNeedTheToken(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, body := s.MustDo(t, "GET", "/metrics", nil)
	if res.StatusCode != http.StatusUnauthorized || strings.Contains(body, "menshen_up") || res.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("without a token: %s %q", res.Status, body)
	}
	res, body = s.MustDo(t, "GET", "/metrics", nil, "Authorization", "Bearer "+s.token.Reveal())
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "menshen_up 1") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("with the token: %s %q", res.Status, body)
	}
}
