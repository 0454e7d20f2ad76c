package proto

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// CalibrationToWire gives a calibration as the API shows it. It goes one way only: nobody hands one in.
func CalibrationToWire(c menshen.Calibration) *menshenv1.Calibration {
	f := c.Figures
	m := &menshenv1.Calibration{
		Engine: c.Engine.String(), People: count(c.People), Templates: count(c.Templates), Fpir: c.FPIR,
		Known: c.Known, Unsure: c.Unsure, MinMargin: c.MinMargin, Basis: string(c.Basis),
		Probed: count(f.Probed), Kin: count(f.Kin), NearestP1: f.Nearest1, NearestP50: f.Nearest50,
		Taken: f.Taken, TakenLow: f.TakenLow, TakenHigh: f.TakenHigh, Asked: f.Asked, TakenPublished: f.TakenByNetwork, Fmr: f.FMR,
		Several: count(f.Several), Missed: f.Missed, Refused: f.Refused,
	}
	if !c.At.IsZero() {
		m.At = timestamppb.New(c.At)
	}
	return m
}

func count(n int) uint64 { return uint64(max(n, 0)) }
