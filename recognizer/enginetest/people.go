package enginetest

import (
	"math"
	"testing"

	"menshen"
	"menshen/recognizer"
)

func testDescriptor(t *testing.T, e recognizer.Engine) {
	d := mustEmbed(t, e, MustFace(t, yoko3))
	if err := d.Validate(e.ID()); err != nil {
		t.Error(err)
	}
}

// testPeople asks for no more than what any network that recognises people can do.
func testPeople(t *testing.T, e recognizer.Engine) {
	yoko, again, other := mustEmbed(t, e, MustFace(t, yoko3)), mustEmbed(t, e, MustFace(t, yoko5)), mustEmbed(t, e, MustFace(t, jesse3))
	if same, different := yoko.Distance(again), yoko.Distance(other); same >= different {
		t.Errorf("one person is %.3f from herself and %.3f from another one", same, different)
	}
}

func testSeveral(t *testing.T, e recognizer.Engine) {
	large := Enlarged(MustFace(t, jesse3), 2)
	p := Beside(MustFace(t, yoko3), large, MustFace(t, yoko5))
	found, err := e.Detect(t.Context(), p)
	if err != nil || len(found) < 3 {
		t.Fatalf("%d faces instead of 3 (or more: somebody stands behind), error %v", len(found), err)
	}
	for i, d := range found[1:] {
		if before := found[i].Box; d.Box.W*d.Box.H > before.W*before.H {
			t.Error("the faces are not sorted by size")
		}
	}
	if x := found[0].Box.Center().X; x < 250 || x > 750 {
		t.Errorf("the largest face is at %.0f, not in the middle", x)
	}
	for _, d := range found {
		checkPoints(t, d)
	}
	want := mustEmbed(t, e, MustFace(t, jesse3))
	chip, err := e.Align(p, found[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Embed(t.Context(), chip)
	if err != nil {
		t.Fatal(err)
	}
	if other := mustEmbed(t, e, MustFace(t, yoko3)); got.Distance(want) >= got.Distance(other) {
		t.Errorf("the large face is %.3f from its own photograph, and %.3f from another person's", got.Distance(want), got.Distance(other))
	}
}

// checkPoints makes sure that the points lie in the order that menshen.Landmarks has, within the box or near it.
func checkPoints(t *testing.T, d menshen.Detection) {
	t.Helper()
	l := d.Landmarks
	if l[0].X >= l[1].X || l[3].X >= l[4].X || l[2].Y <= l[0].Y || l[3].Y <= l[2].Y || l[4].Y <= l[2].Y {
		t.Errorf("the points are not in order: %v", l)
	}
	for _, p := range l {
		c := d.Box.Center()
		if math.Abs(p.X-c.X) > 0.6*d.Box.W || math.Abs(p.Y-c.Y) > 0.6*d.Box.H {
			t.Errorf("the point %v lies outside the box %v", p, d.Box)
		}
	}
}

// testNeighbour asks for a face where there is none, with another one in the picture: the answer may be no descriptor, or
// one of what is there, but never the neighbour's.
func testNeighbour(t *testing.T, e recognizer.Engine) {
	yoko := MustFace(t, yoko3)
	empty := recognizer.Picture{Width: 250, Height: 250, Pix: make([]byte, 3*250*250)}
	for i := range empty.Pix {
		empty.Pix[i] = byte(90 + i%7)
	}
	p := Beside(yoko, empty)
	found, err := e.Detect(t.Context(), p)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d faces instead of 1, error %v", len(found), err)
	}
	beside := found[0].Scaled(1, menshen.Point{X: 0.9 * found[0].Box.W})
	chip, err := e.Align(p, beside)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Embed(t.Context(), chip)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if near, far := got.Distance(mustEmbed(t, e, yoko)), mustEmbed(t, e, MustFace(t, jesse3)).Distance(mustEmbed(t, e, yoko)); near < 0.7*far {
		t.Errorf("the place beside a face gives that face: distance %.3f", near)
	}
}

// testLarge has one photograph at many sizes: it is one person whatever the size.
func testLarge(t *testing.T, e recognizer.Engine) {
	small := MustFace(t, yoko3)
	want, other := mustEmbed(t, e, small), mustEmbed(t, e, MustFace(t, jesse3))
	for _, n := range []int{2, 4, 8, 16} {
		p := Enlarged(small, n)
		found, err := e.Detect(t.Context(), p)
		if err != nil || len(found) != 1 {
			t.Errorf("%d×%d: %d faces instead of 1, error %v", p.Width, p.Height, len(found), err)
			continue
		}
		c := found[0].Box.Center()
		if k := float64(n); math.Hypot(c.X-134*k, c.Y-129*k) > 20*k {
			t.Errorf("%d×%d: the face is at %v", p.Width, p.Height, c)
		}
		checkPoints(t, found[0])
		d := mustEmbed(t, e, p)
		if near, far := want.Distance(d), want.Distance(other); near > 0.5*far {
			t.Errorf("%d×%d: %.3f from the small one, another person is %.3f away", p.Width, p.Height, near, far)
		}
	}
}

func mustEmbed(t *testing.T, e recognizer.Engine, p recognizer.Picture) menshen.Descriptor {
	t.Helper()
	d, err := EmbedMain(t.Context(), e, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
