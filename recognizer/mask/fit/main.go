// Command fit makes the coefficients of mask.Covered anew, and says how good they are. Run it in the checkout:
//
//	go run ./recognizer/mask/fit -images ../shared/testdata/faces -detector models/files/face_detection_yunet_2023mar.onnx -embedder models/files/mobilefacenet.onnx
//
// It learns from every second person, bare and with the masks for enrolment drawn on, in many kinds of light, and tries on
// the other people with the masks that are held out. Logistic regression with a ridge, by gradient descent.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"menshen"
	"menshen/evaluation"
	"menshen/recognizer"
	"menshen/recognizer/mask"
	"menshen/recognizer/opencv"
)

func main() {
	images := flag.String("images", "../shared/testdata/faces", "folder of photographs, a sub-folder for each person")
	detector := flag.String("detector", "models/files/face_detection_yunet_2023mar.onnx", "YuNet")
	embedder := flag.String("embedder", "models/files/mobilefacenet.onnx", "any network for the engine opencv; not used")
	flag.Parse()
	if err := run(*images, *detector, *embedder); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(images, detector, embedder string) error {
	engine, err := opencv.New(opencv.Config{Detector: detector, Embedder: embedder})
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }() // says nothing that matters at the end
	people, err := evaluation.People(os.DirFS(images))
	if err != nil {
		return err
	}
	var train, test []shot
	for i, p := range people {
		for k, image := range p.Images {
			data, err := os.ReadFile(filepath.Join(images, image))
			if err != nil {
				return err
			}
			picture, err := opencv.Decode(data)
			if err != nil {
				return err
			}
			seed := uint64(i*100 + k + 1)
			if i%2 == 0 {
				train = append(train, shots(engine, picture, mask.Enrolment(), true, seed)...)
			} else {
				test = append(test, shots(engine, picture, mask.HeldOut(), false, seed)...)
			}
		}
	}
	printAverage(train)
	w := fit(train)
	fmt.Println("var coefficients = [measures + 1]float64{")
	for i, v := range w {
		name := "constant"
		if i > 0 {
			name = mask.MeasureNames[i-1]
		}
		fmt.Printf("\t%.3f, // %s\n", v, name)
	}
	fmt.Println("}")
	judge("people and masks learned from", w, train, func(shot) bool { return true })
	judge("other people, other masks", w, test, func(shot) bool { return true })
	judge("  of these, as photographed", w, test, func(s shot) bool { return !s.otherLight })
	for _, k := range mask.HeldOut() {
		judge("  "+k.String(), w, test, func(s shot) bool { return !s.covered || s.kind == k })
	}
	return nil
}

// shot is one picture of a face.
type shot struct {
	measures   mask.Measures
	patch      mask.Patch
	covered    bool
	otherLight bool
	kind       mask.Kind
}

// shots are a photograph bare and with masks, each as it is and in other lights; the points are found again under each mask.
func shots(engine *opencv.Engine, p recognizer.Picture, kinds []mask.Kind, learn bool, seed uint64) (all []shot) {
	random := rand.New(rand.NewPCG(seed, 1))
	find := func(q recognizer.Picture) (menshen.Detection, bool) {
		found, err := engine.Detect(context.Background(), q)
		if err != nil {
			return menshen.Detection{}, false
		}
		return evaluation.MainFace(q.Width, q.Height, found)
	}
	bare, ok := find(p)
	if !ok {
		return nil
	}
	take := func(q recognizer.Picture, s shot, times int) {
		d, ok := find(q)
		if !ok || d.Box.IoU(bare.Box) < 0.2 {
			return
		}
		for t := range times {
			x := q
			if s.otherLight = t > 0; s.otherLight {
				x = otherLight(q, random)
			}
			if s.measures, ok = mask.Measure(x, d.Landmarks); ok {
				s.patch, _ = mask.PatchOf(x, d.Landmarks)
				all = append(all, s)
			}
		}
	}
	take(p, shot{}, 7)
	for _, k := range kinds {
		take(mask.Draw(p, bare.Landmarks, k, random.Uint64()), shot{covered: true, kind: k}, 3)
		if learn {
			take(mask.DrawAny(p, bare.Landmarks, k, random.Uint64()), shot{covered: true, kind: k}, 3)
		}
	}
	return all
}

// printAverage prints the left half of the average bare lower face, made symmetric, of length 1.
func printAverage(all []shot) {
	const wide, half = 12, 6
	var sum mask.Patch
	for _, s := range all {
		if !s.covered {
			for i, v := range s.patch {
				sum[i] += v
			}
		}
	}
	length := 0.0
	var left []float64
	for v := 0; v < len(sum); v += wide {
		for u := range half {
			x := sum[v+u] + sum[v+wide-1-u]
			left = append(left, x)
			length += x * x * 2
		}
	}
	fmt.Println("var bareLower = [patchHalf * patchHigh]float64{")
	for i, x := range left {
		fmt.Printf("%.3f,", x/math.Sqrt(length))
		if i%half == half-1 {
			fmt.Println()
		}
	}
	fmt.Println("}")
}

// otherLight changes gain, gamma, white balance and saturation, and adds noise.
func otherLight(p recognizer.Picture, random *rand.Rand) recognizer.Picture {
	gain, gamma := math.Exp(0.5*(random.Float64()*2-1.4)), math.Exp(0.6*(random.Float64()*2-1))
	noise, saturation := 12*random.Float64()*random.Float64(), 1.0
	if random.IntN(4) == 0 {
		saturation = 0 // a camera at night
	} else if random.IntN(2) == 0 {
		saturation = 0.4 + 0.6*random.Float64()
	}
	balance := [3]float64{math.Exp(0.15 * random.NormFloat64()), 1, math.Exp(0.15 * random.NormFloat64())}
	out := recognizer.Picture{Width: p.Width, Height: p.Height, Pix: make([]byte, len(p.Pix))}
	var curve [256]float64
	for v := range curve {
		curve[v] = 255 * gain * math.Pow(float64(v)/255, gamma)
	}
	for i := 0; i < len(p.Pix); i += 3 {
		grey := 0.114*float64(p.Pix[i]) + 0.587*float64(p.Pix[i+1]) + 0.299*float64(p.Pix[i+2])
		for c := range 3 {
			v := grey + saturation*(float64(p.Pix[i+c])-grey)
			if saturation > 0 {
				v *= balance[c]
			}
			v = curve[int(min(max(v, 0), 255))] + noise*random.NormFloat64()
			out.Pix[i+c] = byte(min(max(v, 0), 255))
		}
	}
	return out
}

// fit minimises the logistic loss, bare and covered counting alike, plus a ridge, on measures of mean 0 and spread 1; then
// moves the constant so that one in a hundred bare pictures counts as covered.
func fit(all []shot) [len(mask.Measures{}) + 1]float64 {
	const ridge, steps, rate, alarms = 0.002, 4000, 1.0, 0.01
	const n = len(mask.Measures{})
	var mean, spread [n]float64
	var count [2]float64
	for _, s := range all {
		count[kind(s)]++
		for i, v := range s.measures {
			mean[i] += v / float64(len(all))
		}
	}
	for _, s := range all {
		for i, v := range s.measures {
			spread[i] += (v - mean[i]) * (v - mean[i]) / float64(len(all))
		}
	}
	var x [][n]float64
	for _, s := range all {
		var row [n]float64
		for i, v := range s.measures {
			row[i] = (v - mean[i]) / math.Sqrt(spread[i]+1e-9)
		}
		x = append(x, row)
	}
	var w [n + 1]float64
	for range steps {
		var g [n + 1]float64
		for k, s := range all {
			z := w[0]
			for i, v := range x[k] {
				z += w[i+1] * v
			}
			e := (mask.Logistic(z) - float64(kind(s))) / (2 * count[kind(s)])
			g[0] += e
			for i, v := range x[k] {
				g[i+1] += e * v
			}
		}
		for i := range w {
			if i > 0 {
				g[i] += ridge * w[i]
			}
			w[i] -= rate * g[i]
		}
	}
	for i := range n {
		w[i+1] /= math.Sqrt(spread[i] + 1e-9)
		w[0] -= w[i+1] * mean[i]
	}
	var bare []float64
	for _, s := range all {
		if !s.covered {
			bare = append(bare, score(w[:], s.measures))
		}
	}
	slices.Sort(bare)
	w[0] -= bare[int((1-alarms)*float64(len(bare)))]
	return w
}

func kind(s shot) int {
	if s.covered {
		return 1
	}
	return 0
}

func score(w []float64, m mask.Measures) float64 {
	z := w[0]
	for i, v := range m {
		z += w[i+1] * v
	}
	return z
}

func judge(name string, w [len(mask.Measures{}) + 1]float64, all []shot, counts func(shot) bool) {
	var hits, covered, alarms, bare int
	for _, s := range all {
		if !counts(s) {
			continue
		}
		yes := score(w[:], s.measures) > 0
		if s.covered {
			covered++
			if yes {
				hits++
			}
		} else {
			bare++
			if yes {
				alarms++
			}
		}
	}
	t, f := evaluation.Wilson(hits, covered), evaluation.Wilson(alarms, bare)
	fmt.Printf("%s: covered found %d of %d = %.4f (%.4f – %.4f), bare taken for covered %d of %d = %.4f (%.4f – %.4f)\n", name,
		hits, covered, float64(hits)/float64(covered), t.Low, t.High, alarms, bare, float64(alarms)/float64(bare), f.Low, f.High)
}
