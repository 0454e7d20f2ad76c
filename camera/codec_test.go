package camera_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"

	"menshen"
	"menshen/camera"
)

// oddServer offers video of a codec that nobody knows.
type oddServer struct {
	stream *gortsplib.ServerStream
}

func (o *oddServer) OnDescribe(*gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, o.stream, nil
}

func (o *oddServer) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, o.stream, nil
}

func (o *oddServer) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func TestUnknownCodec(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	odd := &oddServer{}
	server := &gortsplib.Server{Handler: odd, RTSPAddress: addr}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	generic := &format.Generic{PayloadTyp: 99, RTPMa: "X-FOO/90000", ClockRat: 90000}
	odd.stream = &gortsplib.ServerStream{Server: server, Desc: &description.Session{
		Medias: []*description.Media{{Type: description.MediaTypeVideo, Formats: []format.Format{generic}}},
	}}
	if err := odd.stream.Initialize(); err != nil {
		t.Fatal(err)
	}
	defer odd.stream.Close()
	r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, fmt.Sprintf("rtsp://%s/cam", addr))})
	err = <-r.err
	message, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, "codec") || !strings.Contains(hint, "H.264") {
		t.Errorf("%v, hint %q", err, hint)
	}
}
