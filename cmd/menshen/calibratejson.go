package main

import (
	"time"

	menshenv1 "menshen/proto/menshen/v1"
)

// calibrationJSON is read by other programs: keys are added, never renamed. Shares are 0 … 1, distances the engine's.
type calibrationJSON struct {
	Engine         string          `json:"engine"`
	At             time.Time       `json:"at"`
	InUse          bool            `json:"in_use"`
	People         uint64          `json:"people"`
	Templates      uint64          `json:"templates"`
	FPIR           float64         `json:"fpir"` // aimed at
	Known          float64         `json:"known"`
	Unsure         float64         `json:"unsure"`
	MinMargin      float64         `json:"min_margin"`
	Basis          string          `json:"basis"` // published, tightened, site or bounded
	NetworkKnown   float64         `json:"network_known"`
	NetworkUnsure  float64         `json:"network_unsure"`
	NetworkSource  string          `json:"network_source"`
	Probed         uint64          `json:"probed"`
	Kin            uint64          `json:"kin"`
	NearestP1      float64         `json:"nearest_p1"`
	NearestP50     float64         `json:"nearest_p50"`
	Taken          float64         `json:"taken"`
	TakenInterval  [2]float64      `json:"taken_95"`
	TakenPublished float64         `json:"taken_published"`
	Asked          float64         `json:"asked"`
	FMR            float64         `json:"fmr"`
	Several        uint64          `json:"several"`
	Missed         float64         `json:"missed"`
	Refused        float64         `json:"refused"`
	Pairs          uint64          `json:"look_alike_pairs"`
	LookAlikes     []lookAlikeJSON `json:"look_alikes"`
}

type lookAlikeJSON struct {
	A        personJSON `json:"a"`
	B        personJSON `json:"b"`
	Distance float64    `json:"distance"`
	KnownA   float64    `json:"known_a"`
	KnownB   float64    `json:"known_b"`
}

func calibrationJSONOf(m *menshenv1.CalibrateResponse, location *time.Location) calibrationJSON {
	c := m.GetCalibration()
	j := calibrationJSON{
		Engine: c.GetEngine(), At: c.GetAt().AsTime().In(location), InUse: m.GetInUse(), People: c.GetPeople(), Templates: c.GetTemplates(),
		FPIR: c.GetFpir(), Known: c.GetKnown(), Unsure: c.GetUnsure(), MinMargin: c.GetMinMargin(), Basis: c.GetBasis(),
		NetworkKnown: m.GetNetworkKnown(), NetworkUnsure: m.GetNetworkUnsure(), NetworkSource: m.GetNetworkSource(),
		Probed: c.GetProbed(), Kin: c.GetKin(), NearestP1: c.GetNearestP1(), NearestP50: c.GetNearestP50(),
		Taken: c.GetTaken(), TakenInterval: [2]float64{c.GetTakenLow(), c.GetTakenHigh()}, TakenPublished: c.GetTakenPublished(),
		Asked: c.GetAsked(), FMR: c.GetFmr(), Several: c.GetSeveral(), Missed: c.GetMissed(), Refused: c.GetRefused(),
		Pairs: m.GetLookAlikePairs(), LookAlikes: []lookAlikeJSON{},
	}
	person := func(p *menshenv1.PersonView) personJSON {
		return personJSON{ID: p.GetId(), Name: p.GetName(), Dwelling: p.GetDwelling()}
	}
	for _, p := range m.GetLookAlikes() {
		j.LookAlikes = append(j.LookAlikes, lookAlikeJSON{A: person(p.GetA()), B: person(p.GetB()), Distance: p.GetDistance(), KnownA: p.GetKnownA(), KnownB: p.GetKnownB()})
	}
	return j
}
