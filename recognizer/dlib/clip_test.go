package dlib_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/dlib"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/opencv"
)

func TestClip(t *testing.T) {
	models := enginetest.MustShared(t, "models")
	var e recognizer.Engine
	var err error
	o, err := opencv.New(opencv.Config{Detector: models + "/yunet.onnx", Embedder: models + "/mobilefacenet.onnx", EmbedderHash: "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c", Networks: 1})
	if err != nil {
		t.Fatal(err)
	}
	e = o
	if os.Getenv("ENG") == "dlib" {
		e, err = dlib.New(dlib.Config{Folder: models + "/dlib-standin", ModelHash: "dc0b4943c077ce151ff2f694adf4316e77458ea5ad4e61f9d5650e7def8fa545", Recognizers: 2})
		if err != nil {
			t.Fatal(err)
		}
	}
	ev := enginetest.MustEvaluate(t, e)
	vid := enginetest.MustShared(t, "testdata", "video")
	src := map[string]bool{}
	f, _ := os.Open(vid + "/truth.csv")
	recs, _ := csv.NewReader(f).ReadAll()
	stranger := map[string]bool{}
	for _, r := range recs[1:] {
		src[filepath.Base(r[5])] = true
		if r[4] == "0" {
			stranger[r[1]] = true
		}
	}
	gal := map[string][]menshen.Descriptor{}
	for n, d := range ev.Descriptors {
		p := strings.Split(n, "/")
		if !src[p[1]] && !stranger[p[0]] {
			gal[p[0]] = append(gal[p[0]], d)
		}
	}
	f, _ = os.Open(vid + "/truth_boxes.csv")
	recs, _ = csv.NewReader(f).ReadAll()
	type key struct {
		clip  string
		frame int
	}
	boxes := map[key]map[string]menshen.Box{}
	for _, r := range recs[1:] {
		fr, _ := strconv.Atoi(r[1])
		b := menshen.Box{}
		b.X, _ = strconv.ParseFloat(r[3], 64)
		b.Y, _ = strconv.ParseFloat(r[4], 64)
		b.W, _ = strconv.ParseFloat(r[5], 64)
		b.H, _ = strconv.ParseFloat(r[6], 64)
		k := key{r[0], fr}
		if boxes[k] == nil {
			boxes[k] = map[string]menshen.Box{}
		}
		boxes[k][r[2]] = b
	}
	own := map[string][]float64{}
	miss := map[string]int{}
	var str []float64
	wrong := map[string][]float64{}
	for k, bs := range boxes {
		if k.frame%5 != 0 {
			continue
		}
		data, err := os.ReadFile(fmt.Sprintf("/tmp/clip/%s/%04d.jpg", strings.TrimSuffix(k.clip, ".mp4"), k.frame/5+1))
		if err != nil {
			t.Fatal(err)
		}
		p, err := opencv.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		found, _ := o.Detect(t.Context(), p)
		for who, b := range bs {
			i := slices.IndexFunc(found, func(d menshen.Detection) bool { return d.Box.IoU(b) > 0.4 })
			if i < 0 {
				fmt.Println("not found", k, who)
				continue
			}
			c, err := e.Align(p, found[i])
			if err != nil {
				t.Fatal(err)
			}
			d, err := e.Embed(t.Context(), c)
			if err != nil {
				miss[who]++
				continue
			}
			best, near := math.Inf(1), ""
			mine := math.Inf(1)
			for n, ds := range gal {
				for _, g := range ds {
					x := d.Distance(g)
					if n == who {
						mine = min(mine, x)
					}
					if x < best {
						best, near = x, n
					}
				}
			}
			if stranger[who] {
				str = append(str, best)
				continue
			}
			own[who] = append(own[who], mine)
			if near != who {
				wrong[who] = append(wrong[who], best)
			}
		}
	}
	for w, d := range own {
		slices.Sort(d)
		fmt.Printf("%s n=%d %.3f..%.3f p50 %.3f miss %d wrong %v\n", w, len(d), d[0], d[len(d)-1], d[len(d)/2], miss[w], wrong[w])
	}
	slices.Sort(str)
	fmt.Println("stranger", str, miss)
}
