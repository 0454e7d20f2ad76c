package probe_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/camera/probe"
)

// mustCamera answers OPTIONS and DESCRIBE like a camera, with the given description.
func mustCamera(tb testing.TB, sdp string) string {
	tb.Helper()
	return mustListener(tb, func(c net.Conn) {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		in := bufio.NewScanner(c)
		seq, describe := "", false
		for in.Scan() {
			line := in.Text()
			switch {
			case strings.HasPrefix(line, "DESCRIBE"):
				describe = true
			case strings.HasPrefix(line, "CSeq:"):
				seq = line
			case line == "" && describe:
				fmt.Fprintf(c, "RTSP/1.0 200 OK\r\n%s\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", seq, len(sdp), sdp)
				describe = false
			case line == "":
				fmt.Fprintf(c, "RTSP/1.0 200 OK\r\n%s\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n", seq)
			}
		}
	})
}

const head = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"

func TestDescriptions(t *testing.T) {
	mikey := "AQAFAD5ARR8BAAAdGfZeAAAAAAsA7rCzVRbBuwsKEGmk9CxzLsMoDf0cBUUFJgIBAAAAFQABAQEBEAIBAQMBCgcBAQgBAQoBAQAAACIAIAAeoSg9+7zlokPJuyuW0j3GRv/O+sOhaQ1pTmllLDvjAA=="
	for name, c := range map[string]struct {
		sdp       string
		code      menshen.Code
		sure      bool
		decodable bool
	}{
		"h264":      {head + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:0\r\n", "", false, true},
		"mjpeg":     {head + "m=video 0 RTP/AVP 26\r\na=control:0\r\n", "", false, true},
		"unknown":   {head + "m=video 0 RTP/AVP 99\r\na=rtpmap:99 X-FOO/90000\r\na=control:0\r\n", "", false, false},
		"srtp":      {head + "m=video 0 RTP/SAVP 96\r\na=key-mgmt:mikey " + mikey + "\r\na=rtpmap:96 H264/90000\r\na=control:0\r\n", menshen.CodeInvalid, true, false},
		"data only": {head + "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:0\r\n", menshen.CodeInvalid, true, false},
		"rubbish":   {"this is no description", menshen.CodeInvalid, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := probe.Stream(t.Context(), mustAddress(t, "rtsp://"+mustCamera(t, c.sdp)+"/a"), 5*time.Second)
			_, hint := menshen.ErrorMessage(r.Err)
			if menshen.ErrorCode(r.Err) != c.code || r.Sure != c.sure || r.Decodable() != c.decodable || (r.Err != nil) != (hint != "") {
				t.Errorf("%+v, hint %q", r, hint)
			}
		})
	}
}
