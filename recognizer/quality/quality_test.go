package quality_test

import (
	"math"
	"testing"

	"menshen"
	"menshen/recognizer/quality"
)

// frontal is a face of a size, seen from the front, its box at the upper left corner: proportions of the average face.
func frontal(side float64) menshen.Detection {
	d := menshen.Detection{Box: menshen.Box{W: side, H: side}}
	for i, p := range (menshen.Landmarks{{X: 0.30, Y: 0.38}, {X: 0.70, Y: 0.38}, {X: 0.50, Y: 0.60}, {X: 0.34, Y: 0.78}, {X: 0.66, Y: 0.78}}) {
		d.Landmarks[i] = menshen.Point{X: p.X * side, Y: p.Y * side}
	}
	return d
}

// texture is a picture with detail down to a pixel: grey, and lighter and darker by the contrast.
func texture(side int, grey, contrast float64) quality.View {
	v := quality.View{Pix: make([]byte, side*(3*side+5)), Width: side, Height: side, Stride: 3*side + 5}
	for y := range side {
		for x := range side {
			f, g := float64(x), float64(y)
			value := grey + contrast*(0.6*math.Sin(f/17)*math.Cos(g/13)+0.4*math.Sin(f*1.9)*math.Sin(g*2.3))
			for c := range 3 {
				v.Pix[y*v.Stride+3*x+c] = byte(min(max(value, 0), 255))
			}
		}
	}
	return v
}

// blurred averages over squares of 2n+1 pixels.
func blurred(v quality.View, n int) quality.View {
	out := v
	out.Pix = make([]byte, len(v.Pix))
	for y := range v.Height {
		for x := range v.Width {
			for c := range 3 {
				sum, cnt := 0, 0
				for dy := -n; dy <= n; dy++ {
					for dx := -n; dx <= n; dx++ {
						if px, py := x+dx, y+dy; px >= 0 && py >= 0 && px < v.Width && py < v.Height {
							sum += int(v.Pix[py*v.Stride+3*px+c])
							cnt++
						}
					}
				}
				out.Pix[y*v.Stride+3*x+c] = byte(sum / cnt)
			}
		}
	}
	return out
}

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if !(got >= low && got <= high) {
		t.Errorf("%s is %.3f instead of %g to %g", what, got, low, high)
	}
}

func TestSharpness(t *testing.T) {
	v, d := texture(128, 128, 60), frontal(128)
	sharp, soft, softer := quality.Measure(v, d).Sharpness, quality.Measure(blurred(v, 1), d).Sharpness, quality.Measure(blurred(v, 4), d).Sharpness
	within(t, "a sharp face", sharp, 0.9, 1)
	within(t, "a very blurred face", softer, 0, 0.4)
	if !(sharp >= soft && soft > softer) {
		t.Errorf("the sharpness goes %.3f, %.3f, %.3f with more blur", sharp, soft, softer)
	}
	within(t, "contrast does not count twice: a pale face", quality.Measure(texture(128, 128, 25), d).Sharpness, 0.8*sharp, 1)
	within(t, "a wall", quality.Measure(texture(128, 128, 0), d).Sharpness, 0, 0)
}

func TestLight(t *testing.T) {
	d := frontal(128)
	within(t, "good light", quality.Measure(texture(128, 128, 90), d).Light, 0.95, 1)
	within(t, "dusk", quality.Measure(texture(128, 40, 40), d).Light, 0.1, 0.6)
	within(t, "night", quality.Measure(texture(128, 5, 4), d).Light, 0, 0.01)
	within(t, "against the sun", quality.Measure(texture(128, 252, 3), d).Light, 0, 0.01)
	within(t, "fog", quality.Measure(texture(128, 128, 10), d).Light, 0, 0.5)
}

func TestSize(t *testing.T) {
	v := texture(256, 128, 60)
	within(t, "150 pixels", quality.Measure(v, frontal(150)).Size, 1, 1)
	within(t, "75 pixels", quality.Measure(v, frontal(75)).Size, 0.49, 0.51)
	within(t, "8 pixels", quality.Measure(v, frontal(8)).Size, 0, 0.06)
}

func TestPose(t *testing.T) {
	d := frontal(100)
	within(t, "frontal", quality.Pose(d.Landmarks), 0.95, 1)

	turned := d.Landmarks // in the plane: that is no loss
	for i, p := range turned {
		sin, cos := math.Sincos(0.6)
		turned[i] = menshen.Point{X: 500 + cos*p.X - sin*p.Y, Y: 500 + sin*p.X + cos*p.Y}
	}
	within(t, "rolled", quality.Pose(turned), 0.95, 1)

	last := 1.1
	for _, yaw := range []float64{0, 5, 10, 20} {
		l := d.Landmarks
		l[2].X += yaw
		mirrored := d.Landmarks
		mirrored[2].X -= yaw
		p := quality.Pose(l)
		if p >= last || math.Abs(p-quality.Pose(mirrored)) > 1e-9 {
			t.Errorf("with the nose %g pixels aside the pose is %.3f after %.3f, to the other side %.3f", yaw, p, last, quality.Pose(mirrored))
		}
		last = p
	}
	within(t, "half turned away", last, 0, 0.1)

	up := d.Landmarks
	up[2].Y -= 15
	within(t, "looking up", quality.Pose(up), 0, 0.5)

	upside := d.Landmarks
	for i := range upside {
		upside[i].Y = -upside[i].Y
	}
	upside[3], upside[4] = upside[4], upside[3]
	within(t, "upside down", quality.Pose(upside), 0, 0)
	within(t, "no face", quality.Pose(menshen.Landmarks{}), 0, 0)
}

// TestNonsense: whatever a detector says, a measure is 0 to 1 and no access goes astray.
func TestNonsense(t *testing.T) {
	v := texture(64, 128, 60)
	far, inside := frontal(60), frontal(60)
	far.Box.X = 200
	if q := quality.Measure(v, far); q.Sharpness != 0 || q.Light != 0 {
		t.Errorf("outside the picture: %+v", q)
	}
	inside.Box.X = -20 // two thirds are there
	if q := quality.Measure(v, inside); q.Sharpness == 0 || q.Light == 0 {
		t.Errorf("at the border: %+v", q)
	}
	nan, inf, huge := math.NaN(), math.Inf(1), 1e300
	for _, x := range []float64{nan, inf, -inf, huge, -huge, 0, -5} {
		for i := range 5 {
			d := frontal(60)
			switch i {
			case 0:
				d.Box.X = x
			case 1:
				d.Box.W, d.Box.H = x, x
			case 2:
				d.Landmarks[0].X = x
			case 3:
				d.Landmarks[2].Y = x
			default:
				d.Landmarks[4] = menshen.Point{X: x, Y: x}
			}
			q := quality.Measure(v, d)
			for _, part := range []float64{q.Size, q.Sharpness, q.Pose, q.Light, q.Score()} {
				if !(part >= 0 && part <= 1) {
					t.Errorf("with %g at %d: %+v", x, i, q)
					break
				}
			}
		}
	}
	if q := quality.Measure(quality.View{}, frontal(60)); q.Sharpness != 0 {
		t.Errorf("an empty picture: %+v", q)
	}
}
