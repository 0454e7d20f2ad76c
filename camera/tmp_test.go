package camera_test
import ("testing";"os/exec";"menshen/camera/rtsptest";"time")
func TestTmp(t *testing.T){
	for _, tls := range []bool{false,true} {
	s := rtsptest.New(t, rtsptest.Options{TLS: tls})
	s.Publish(t, "cam", testsrc...)
	time.Sleep(time.Second)
	a := []string{"6","ffmpeg","-hide_banner","-loglevel","debug", "-rtsp_transport","tcp", "-i",s.URL("cam"),"-c","copy","-f","framecrc","-"}
	out, err := exec.Command("timeout", a...).CombinedOutput()
	if len(out)>4500 {out=out[:4500]}
	t.Log(tls, err, string(out))
	}
}
