package language_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"menshen/language"
)

// sample is a catalogue in which formats lie in each other's way.
const sample = `
"%s: %s": "%s：%s"
"%s; %s": "%s；%s"
"%s cannot be read": "无法读取 %s"
"the camera's address %s cannot be read": "摄像机地址 %s 无法识别"
"camera %s: %s": "摄像机 %s：%s"
"the %s %s does not exist": "%s %s 不存在"
"video file": "视频文件"
"%q is not known": "不认识 %q"
"use one of %q": "可用的值：%q"
"there is no photograph of %s in %s": "%[2]s 中没有 %[1]s 的照片"
"line %d of %s": "%[2]s 的第 %[1]d 行"
"%d people": "%d 人"
"the distance is %g": "距离为 %g"
"cached %t": "缓存 %t"
"write 100%%": "写 100%%"
"sum %x": "校验和 %x"
"stop": "停止"
`

func mustParse(tb testing.TB, text string) *language.Catalogue {
	tb.Helper()
	c, err := language.Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestChinese(t *testing.T) {
	c := mustParse(t, sample)
	for _, test := range []struct{ name, in, want string }{
		{"plain", "stop", "停止"},
		{"empty", "", ""},
		{"unknown", "something else", "something else"},
		{"part of a text", "stop it", "stop it"},
		{"one argument", "a.yaml cannot be read", "无法读取 a.yaml"},
		{"the longer format", "the camera's address x cannot be read", "摄像机地址 x 无法识别"},
		{"the longer format, inside", "camera east: the camera's address x cannot be read", "摄像机 east：摄像机地址 x 无法识别"},
		{"a word inside", "the video file a.mp4 does not exist", "视频文件 a.mp4 不存在"},
		{"two deep", "line 2: camera east: a.yaml cannot be read", "line 2：摄像机 east：无法读取 a.yaml"},
		{"joined", `a cannot be read; b cannot be read; "c" is not known`, `无法读取 a；无法读取 b；不认识 "c"`},
		{"punctuation alone says nothing", "foo: bar", "foo: bar"},
		{"quotes", `"a\"b\\" is not known`, `不认识 "a\"b\\"`},
		{"quotes do not end early", `"a" or "b" is not known`, `"a" or "b" is not known`},
		{"quoted text is not touched", `"stop" is not known`, `不认识 "stop"`},
		{"a quoted list", `use one of ["tcp" "udp"]`, `可用的值：["tcp" "udp"]`},
		{"another order", "there is no photograph of 王芳 in photos", "photos 中没有 王芳 的照片"},
		{"another order with numbers", "line -3 of a.csv", "a.csv 的第 -3 行"},
		{"no number", "many people", "many people"},
		{"a float", "the distance is 1.5e-07", "距离为 1.5e-07"},
		{"no float", "the distance is NaN", "距离为 NaN"},
		{"no truth", "cached perhaps", "cached perhaps"},
		{"truth", "cached true", "缓存 true"},
		{"hex", "sum 00ff", "校验和 00ff"},
		{"percent", "write 100%", "写 100%"},
		{"verbs in an argument", "%s%d cannot be read", "无法读取 %s%d"},
		{"several lines", "a\nb cannot be read", "a\nb cannot be read"},
		{"several lines, plain", "stop\n", "stop\n"},
		{"very long", strings.Repeat("a", 10_000) + " cannot be read", strings.Repeat("a", 10_000) + " cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Chinese(test.in); got != test.want {
				t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a duplicate":         "\"a\": \"甲\"\n\"a\": \"乙\"\n",
		"another verb":        `"%s x": "%d 甲"`,
		"a verb more":         `"%s x": "%s%s 甲"`,
		"a verb less":         `"%s x %s": "%s 甲"`,
		"an index too high":   `"%s x": "%[2]s 甲"`,
		"an argument twice":   `"%s x %[1]s": "%s 甲"`,
		"an argument skipped": `"%[2]s x": "%[2]s 甲"`,
		"a width argument":    `"%*d x": "%*d 甲"`,
		"a lone percent":      `"x %": "甲 %"`,
		"no text":             `"x": 3`,
		"nothing":             `"x": ""`,
		"a list":              "- x",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := language.Parse([]byte(text)); err == nil {
				t.Errorf("%s is taken", text)
			}
		})
	}
}

// TestShipped renders texts as the code does and looks for their Chinese.
func TestShipped(t *testing.T) {
	c := mustNew(t)
	for _, test := range []struct{ in, want string }{
		{fmt.Sprintf("%s, line %d: unknown key %q", "menshen.yaml", 2, "lisen"), `menshen.yaml，第 2 行：未知的键 "lisen"`},
		{"access.cooldown: 1ms is out of range", "access.cooldown：1ms 超出范围"},
		{`cameras[0] (east-1).gate: there is no gate "west"`, `cameras[0] (east-1).gate：没有出入口 "west"`},
		{"it must be a duration such as 10s", "它必须是时长，例如 10s"},
		{"camera east-1: the camera's address http://guard:…@192.0.2.1/video is a web address", "摄像机 east-1：摄像机地址 http://guard:…@192.0.2.1/video 是网页地址"},
		{"the camera's address rtsp://x:0 has an unusable port", "摄像机地址 rtsp://x:0 的端口不可用"},
		{"the video file /a b.mp4 does not exist", "视频文件 /a b.mp4 不存在"},
		{"the camera rtsp://10.0.0.7:554/s refuses the user name or the password", "摄像机 rtsp://10.0.0.7:554/s 不接受用户名或密码"},
		{`the door at gate "east" did not take the command in time`, `出入口 "east" 的门没有执行命令（超时）`},
		{`3 people are called "王芳": 3-2-14-1402 p1, 1-1-1-101 p2, p3`, `3 人都叫 "王芳"：3-2-14-1402 p1, 1-1-1-101 p2, p3`},
		{"in user names and passwords write # as %23, / as %2F, ? as %3F, @ as %40 and % as %25", "用户名和密码中，# 写成 %23，/ 写成 %2F，? 写成 %3F，@ 写成 %40，% 写成 %25"},
		{
			"check the network (behind a proxy set HTTPS_PROXY), or on a machine with access download https://example.org/a, copy it here (packed as it is), then run: menshen models fetch a --from FOLDER",
			"请检查网络（经代理时设置 HTTPS_PROXY），或者在可以联网的机器上下载 https://example.org/a，复制到本机（不要解压），再运行：menshen models fetch a --from 文件夹",
		},
		{
			"2 model files are not in order: a.onnx is not in the manifest; the model file dlib/b.dat (landmarks) is missing",
			"2 个模型文件有问题：a.onnx 不在模型清单中；缺少模型文件 dlib/b.dat（landmarks）",
		},
		{
			"exit status 4: menshen: the camera 127.0.0.1:9 refuses connections | → check the disk",
			"exit status 4：menshen：摄像机 127.0.0.1:9 拒绝连接 | → 请检查磁盘",
		},
		{"killed after 12s without a good sign of life (no report)", "12s 没有正常的存活信号，已强制结束（没有报告）"},
		{"登记失败：there is no household \"h1\"", "登记失败：没有住户 \"h1\""},
		{"已经是中文。", "已经是中文。"},
	} {
		if got := c.Chinese(test.in); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}

func TestChineseFromSeveralGoroutines(t *testing.T) {
	c := mustNew(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := c.Chinese("a.yaml cannot be read"); got != "无法读取 a.yaml" {
				t.Errorf("it becomes %q", got)
			}
		})
	}
	group.Wait()
}

func mustNew(tb testing.TB) *language.Catalogue {
	tb.Helper()
	c, err := language.New()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func FuzzChinese(f *testing.F) {
	c := mustNew(f)
	for _, s := range []string{"", "a: b: c: d: e: f", `"\" is not known`, "%", "a is b is c is d", "x\ny", "\xff cannot be read", "；：（）"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := c.Chinese(s); s != "" && got == "" {
			t.Errorf("%q is lost", s)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := language.New(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChinese(b *testing.B) {
	c := mustNew(b)
	for b.Loop() {
		c.Chinese("camera east-1: the camera's address http://guard@192.0.2.1/video is a web address")
	}
}
