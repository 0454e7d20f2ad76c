package track

import (
	"math"
	"time"

	"menshen"
)

// axis is a Kalman filter of one coordinate that moves at a nearly constant velocity, in any unit.
type axis struct {
	x, v          float64 // position, velocity per second
	pxx, pxv, pvv float64 // covariance
}

// predict moves the axis dt seconds on; accel is the standard deviation of its acceleration (white noise, piecewise
// constant: Bar-Shalom, Li, Kirubarajan 2001, section 6.3.2).
func (a axis) predict(dt, accel float64) axis {
	q := accel * accel
	a.x += a.v * dt
	a.pxx += 2*dt*a.pxv + dt*dt*a.pvv + q*dt*dt*dt*dt/4
	a.pxv += dt*a.pvv + q*dt*dt*dt/2
	a.pvv += q * dt * dt
	return a
}

// correct takes a measurement z of standard deviation noise in.
func (a axis) correct(z, noise float64) axis {
	s := a.pxx + noise*noise
	kx, kv := a.pxx/s, a.pxv/s
	e := z - a.x
	return axis{
		x: a.x + kx*e, v: a.v + kv*e,
		pxx: (1 - kx) * a.pxx, pxv: (1 - kx) * a.pxv, pvv: a.pvv - kv*a.pxv,
	}
}

// Noise of people and of the detector. Lengths are in widths of the face (about 16 cm), so that they hold at any
// distance from the camera.
const (
	startSpeed = 8.0  // of somebody new, widths a second: 1.3 m/s
	accel      = 25.0 // widths a second²: from standing to walking in a third of a second
	jitter     = 0.06 // of a detected position
	startGrow  = 0.8  // of the logarithm of the size, a second
	accelGrow  = 1.5
	jitterGrow = 0.08
)

// body is the moving face: centre and logarithm of the width.
type body struct {
	x, y, size axis
	at         time.Time
}

// aspect is about the height of a face over its width.
const aspect = 1.3

// sizeOf is the width of a face, also where a border of the picture cuts it and the box with it.
func sizeOf(b menshen.Box) float64 { return max(b.W, b.H/aspect) }

func newBody(b menshen.Box, at time.Time) body {
	c, w := b.Center(), sizeOf(b)
	start := func(x, unit, noise, speed float64) axis {
		return axis{x: x, pxx: square(noise * unit), pvv: square(speed * unit)}
	}
	return body{
		x: start(c.X, w, jitter, startSpeed), y: start(c.Y, w, jitter, startSpeed/2),
		size: start(math.Log(w), 1, jitterGrow, startGrow), at: at,
	}
}

func (b body) width() float64 { return math.Exp(b.size.x) }

// box is where the face is taken to be.
func (b body) box() menshen.Box {
	w := b.width()
	h := aspect * w
	return menshen.Box{X: b.x.x - w/2, Y: b.y.x - h/2, W: w, H: h}
}

// predict gives the body at a later time.
func (b body) predict(at time.Time) body {
	dt := max(at.Sub(b.at).Seconds(), 0)
	w := b.width()
	b.x, b.y = b.x.predict(dt, accel*w), b.y.predict(dt, accel*w/2)
	b.size = b.size.predict(dt, accelGrow)
	// Growth is not followed into the unseen: a face that came nearer for a moment must not fill the picture.
	b.size.x = min(max(b.size.x, math.Log(w)-0.5), math.Log(w)+0.5)
	b.at = at
	return b
}

// correct takes a detected box in.
func (b body) correct(box menshen.Box) body {
	c, w := box.Center(), sizeOf(box)
	b.x, b.y = b.x.correct(c.X, jitter*w), b.y.correct(c.Y, jitter*w)
	b.size = b.size.correct(math.Log(w), jitterGrow)
	return b
}

// distance is the squared Mahalanobis distance of a box from the predicted body (three degrees of freedom), and the
// logarithm of the determinant of its covariance in widths: together twice the negative log-likelihood, so that a body
// whose place is vague does not win against one whose place is known.
func (b body) distance(box menshen.Box) (d2, vague float64) {
	c, w := box.Center(), b.width()
	for _, m := range []struct {
		a           axis
		z, noise, u float64
	}{
		{b.x, c.X, jitter * w, w},
		{b.y, c.Y, jitter * w, w},
		{b.size, math.Log(sizeOf(box)), jitterGrow, 1},
	} {
		s := m.a.pxx + m.noise*m.noise
		d2 += square(m.z-m.a.x) / s
		vague += math.Log(s / (m.u * m.u))
	}
	return d2, vague
}

func square(x float64) float64 { return x * x }
