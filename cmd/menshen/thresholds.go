package main

import (
	"context"
	"time"

	"menshen/access/evidence"
	"menshen/enrolment"
	"menshen/recognizer"
	"menshen/recognizer/calibration"
	"menshen/web"
)

// openOffice joins enrolment, and the calibration that gates and enrolment follow.
func (h *hub) openOffice(ctx context.Context) (err error) {
	h.enroller, err = enrolment.New(patientAnalyser{h.pipeline.conn}, h.pipeline.store, h.gallery, time.Now, enrolment.Config{
		Engine: h.engine.ID, Known: h.engine.Point.Known, KeepPhotographs: h.cfg.Enrolment.KeepPhotographs, Consents: h.bureau,
		Adaptation: enrolment.Adaptation{On: h.cfg.Enrolment.Adapt},
	})
	if err != nil {
		return err
	}
	return h.openCalibration(ctx, h.pipeline.store, h.setThresholds)
}

// setThresholds hands the thresholds to gates and enrolment.
func (h *hub) setThresholds(p calibration.Point) error {
	if err := h.controller.SetOperatingPoint(h.operatingPoint(p)); err != nil {
		return err
	}
	h.likeness.set(p)
	return h.enroller.SetKnown(p.Known)
}

// operatingPoint gives thresholds as the gates need them.
func (h *gatehouse) operatingPoint(p calibration.Point) evidence.OperatingPoint {
	point := evidence.OperatingPoint{
		Known: p.Known, Unsure: p.Unsure, MinMargin: p.MinMargin, MinAgreeing: max(h.engine.Point.MinFaces, h.cfg.Access.MinAgreeing),
	}
	h.cover(&point)
	if len(p.Limits) > 0 {
		point.Personal = make(map[string]evidence.Limit, len(p.Limits))
		for person, l := range p.Limits {
			point.Personal[person] = evidence.Limit(l)
		}
	}
	return point
}

// cover sets the thresholds for covered faces: those measured for the network, stricter by as much as the others
// are stricter than the published ones. With a network that nobody measured under masks, or where the
// site wants it, covered faces are a guard's to decide.
func (h *gatehouse) cover(p *evidence.OperatingPoint) {
	m, err := recognizer.MaskedPointOf(h.engine.ID)
	if err != nil || !h.knowsMasks() {
		p.Masked = evidence.Thresholds{Known: never, Unsure: p.Unsure}
		return
	}
	stricter := 1.0
	if published, err := recognizer.OperatingPointOf(h.engine.ID); err == nil {
		stricter = min(1, p.Known/published.Known)
	}
	p.Masked = evidence.Thresholds{Known: m.Known * stricter, Unsure: m.Unsure * stricter, MinMargin: max(m.MinMargin, p.MinMargin)}
	p.MinAgreeingMasked = m.MinFaces
}

// knowsMasks says whether covered faces may be known: the network was measured under masks, and the site wants it.
func (h *gatehouse) knowsMasks() bool {
	_, err := recognizer.MaskedPointOf(h.engine.ID)
	return err == nil && h.noEngine == nil && h.cfg.Access.Masked != "review"
}

// never is a distance that no two faces have.
const never = 1e-9

// calibrate keeps the thresholds fitting to the gallery until ctx ends.
func (h *gatehouse) calibrate(ctx context.Context) error {
	if h.noEngine != nil {
		<-ctx.Done()
		return nil
	}
	return h.calibration.Run(ctx)
}

// calibrationView answers menshen calibrate.
type calibrationView struct{ *hub }

// Calibrate implements web.Calibrator.
func (v calibrationView) Calibrate(ctx context.Context, fpir float64, dryRun bool) (web.CalibrationReport, error) {
	if v.noEngine != nil {
		return web.CalibrationReport{}, v.noEngine
	}
	r, err := v.calibration.Calibrate(ctx, fpir, dryRun)
	if err != nil {
		return web.CalibrationReport{}, err
	}
	out := web.CalibrationReport{
		Calibration: r.Calibration, InUse: r.InUse, Pairs: len(r.Pairs),
		NetworkKnown: r.Network.Known, NetworkUnsure: r.Network.Unsure, NetworkSource: r.Network.Source,
	}
	out.Strangers = converted(r.Spread.Strangers, func(b calibration.Bar) web.DistanceShare { return web.DistanceShare(b) })
	out.Own = converted(r.Spread.Own, func(b calibration.Bar) web.DistanceShare { return web.DistanceShare(b) })
	out.Curve = converted(r.Spread.Curve, func(p calibration.Trade) web.ThresholdPoint { return web.ThresholdPoint(p) })
	for _, p := range r.Pairs {
		out.LookAlikes = append(out.LookAlikes, web.LookAlike{A: p.A, B: p.B, Distance: p.Distance, KnownA: r.Limits[p.A].Known, KnownB: r.Limits[p.B].Known})
	}
	return out, nil
}
