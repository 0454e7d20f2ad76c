package mask

// Kind is a kind of mask that can be drawn.
type Kind uint8

// The first are for enrolment; the others are held out: no template and no coefficient has ever seen them, and figures
// are measured with them. They differ in colour, shape and edge.
const (
	SurgicalBlue Kind = iota
	SurgicalWhite
	BlackCloth
	KN95
	SurgicalLow // blue, worn below the tip of the nose's bridge

	GreyCloth // held out from here on
	Patterned
	Duckbill
	PinkHigh
	NavyGaiter

	kinds
)

// Enrolment gives the kinds that templates are made with.
func Enrolment() []Kind { return between(SurgicalBlue, GreyCloth) }

// HeldOut gives the kinds that figures are measured with.
func HeldOut() []Kind { return between(GreyCloth, kinds) }

func between(from, to Kind) []Kind {
	var all []Kind
	for k := from; k < to; k++ {
		all = append(all, k)
	}
	return all
}

// String names a kind for reports.
func (k Kind) String() string {
	if k >= kinds {
		return "unknown"
	}
	return looks[k].name
}

// weave is what a surface looks like from near.
type weave uint8

const (
	plain  weave = iota
	pleats       // three folds across
	ridge        // a seam down the middle that stands out
	fold         // a fold across, from cheek to cheek
	stripes
	dots
)

// look is what a kind looks like. Lengths are aligned pixels.
type look struct {
	name    string
	colour  [3]float64 // blue, green, red in good light
	second  [3]float64 // of the pattern
	weave   weave
	top     float64 // where it ends on the nose: 0 between the eyes, 1 at the tip
	side    float64 // how far below the eyes it ends on the cheeks, as a share of the way to the mouth
	peak    float64 // width of the rise over the nose, as a share of half the face; large is straight
	chin    float64 // how far it goes below the mouth, as a share of the way from nose to mouth
	jaw     float64 // how square it is below: 2 an ellipse, more a box
	wide    float64 // share of the face's width
	rough   float64 // noise, grey levels
	border  float64 // of the hem: brighter or darker by this share
	loops   bool    // bands to the ears
	falloff float64 // how much darker at the sides
}

var looks = [kinds]look{
	SurgicalBlue:  {name: "surgical blue", colour: [3]float64{208, 182, 128}, weave: pleats, top: 0.42, side: 0.36, peak: 0.55, chin: 1.15, jaw: 2.6, wide: 0.98, rough: 2, border: -0.06, loops: true, falloff: 0.22},
	SurgicalWhite: {name: "surgical white", colour: [3]float64{226, 224, 222}, weave: pleats, top: 0.5, side: 0.42, peak: 0.6, chin: 1.05, jaw: 2.8, wide: 0.94, rough: 2, border: -0.05, loops: true, falloff: 0.25},
	BlackCloth:    {name: "black cloth", colour: [3]float64{44, 40, 40}, weave: ridge, top: 0.38, side: 0.5, peak: 0.7, chin: 1.2, jaw: 2.2, wide: 1, rough: 3, border: 0.15, loops: true, falloff: 0.3},
	KN95:          {name: "KN95", colour: [3]float64{232, 234, 236}, weave: ridge, top: 0.3, side: 0.55, peak: 0.5, chin: 1.3, jaw: 1.9, wide: 0.95, rough: 1.5, border: -0.1, loops: true, falloff: 0.35},
	SurgicalLow:   {name: "surgical blue, low", colour: [3]float64{214, 194, 150}, weave: pleats, top: 0.72, side: 0.5, peak: 0.6, chin: 1.1, jaw: 2.6, wide: 0.96, rough: 2, border: -0.06, loops: true, falloff: 0.22},

	GreyCloth:  {name: "grey cloth", colour: [3]float64{128, 124, 122}, weave: fold, top: 0.48, side: 0.46, peak: 0.8, chin: 1.15, jaw: 2.3, wide: 1, rough: 5, border: -0.15, loops: true, falloff: 0.3},
	Patterned:  {name: "patterned cloth", colour: [3]float64{60, 70, 170}, second: [3]float64{215, 225, 230}, weave: dots, top: 0.4, side: 0.48, peak: 0.65, chin: 1.2, jaw: 2.2, wide: 1, rough: 3, border: -0.1, loops: true, falloff: 0.28},
	Duckbill:   {name: "duckbill", colour: [3]float64{196, 214, 190}, weave: fold, top: 0.34, side: 0.62, peak: 0.42, chin: 1.25, jaw: 1.7, wide: 0.9, rough: 2, border: -0.12, falloff: 0.4},
	PinkHigh:   {name: "pink surgical, high", colour: [3]float64{196, 178, 226}, weave: pleats, top: 0.2, side: 0.3, peak: 0.5, chin: 1.0, jaw: 3, wide: 0.97, rough: 2, border: 0.06, loops: true, falloff: 0.2},
	NavyGaiter: {name: "navy gaiter", colour: [3]float64{84, 52, 38}, weave: plain, top: 0.52, side: 0.4, peak: 2.5, chin: 2.2, jaw: 8, wide: 1.06, rough: 4, border: 0.1, falloff: 0.35},
}
