package motion_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"menshen"
	"menshen/camera/motion"
)

const width, height = 160, 90

var start = time.Date(2020, 2, 1, 8, 0, 0, 0, time.UTC)

// scene is a grey ramp with noise, brightened, and with a dark square of a side at a place if side is not 0.
func scene(r *rand.Rand, noise, brighter float64, x, y, side int) []byte {
	pix := make([]byte, width*height)
	for i := range pix {
		v := 60 + float64(i%width)/2 + brighter + noise*r.NormFloat64()
		if px, py := i%width, i/width; px >= x && px < x+side && py >= y && py < y+side {
			v = 30
		}
		pix[i] = byte(min(max(v, 0), 255))
	}
	return pix
}

func mustGate(tb testing.TB) *motion.Gate {
	tb.Helper()
	g, err := motion.New(motion.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func TestStillPictureIsStill(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := mustGate(t)
	if !g.Moved(scene(r, 2, 0, 0, 0, 0), width, start) {
		t.Error("the first picture does not count")
	}
	for i := 1; i < 100; i++ {
		if g.Moved(scene(r, 2, 0, 0, 0, 0), width, start.Add(time.Duration(i)*200*time.Millisecond)) {
			t.Fatalf("picture %d of a still scene moved", i)
		}
	}
}

func TestWalkerMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := mustGate(t)
	g.Moved(scene(r, 2, 0, 0, 0, 0), width, start)
	for i := 1; i < 100; i++ {
		if !g.Moved(scene(r, 2, 0, i, 30, 8), width, start.Add(time.Duration(i)*200*time.Millisecond)) {
			t.Fatalf("picture %d of somebody walking is still", i)
		}
	}
}

func TestLightIsNoMotion(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := mustGate(t)
	g.Moved(scene(r, 2, 0, 0, 0, 0), width, start)
	for i := 1; i < 50; i++ {
		if g.Moved(scene(r, 2, float64(i%2)*30, 0, 0, 0), width, start.Add(time.Duration(i)*200*time.Millisecond)) {
			t.Fatalf("picture %d with other light moved", i)
		}
	}
}

func TestParkedThingBecomesBackground(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := mustGate(t)
	g.Moved(scene(r, 2, 0, 0, 0, 0), width, start)
	moved := true
	for i := 1; i < 300; i++ {
		moved = g.Moved(scene(r, 2, 0, 50, 30, 20), width, start.Add(time.Duration(i)*200*time.Millisecond))
		if i == 1 && !moved {
			t.Fatal("what was put there did not move")
		}
	}
	if moved {
		t.Error("after a minute it still moves")
	}
}

func TestOddPictures(t *testing.T) {
	g := mustGate(t)
	if g.Moved(nil, 0, start) {
		t.Error("no picture moved")
	}
	r := rand.New(rand.NewPCG(1, 2))
	g.Moved(scene(r, 0, 0, 0, 0, 0), width, start)
	if !g.Moved(make([]byte, 100), 10, start) || !g.Moved(make([]byte, 100), 20, start) {
		t.Error("a picture of another size does not count")
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, cfg := range []motion.Config{{Difference: -1}, {Difference: 300}, {Share: 1}, {Share: -0.1}, {Adapt: -1}} {
		if _, err := motion.New(cfg); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func BenchmarkMoved(b *testing.B) {
	g := mustGate(b)
	pix := scene(rand.New(rand.NewPCG(1, 2)), 2, 0, 0, 0, 0)
	b.ReportAllocs()
	for b.Loop() {
		g.Moved(pix, width, start)
	}
}
