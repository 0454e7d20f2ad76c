package bench

import (
	"context"
	"math"
	"runtime"
	"sync"
)

// made is one pass of a day: 12 bytes.
type made struct {
	at     uint32 // ticks of 10 ms since midnight
	person uint32
	door   uint32 // number of the gate << 1, and 1 for the way out
}

// luck draws numbers of one person and day.
type luck uint64

func (l *luck) next() uint64 {
	*l += 0x9e3779b97f4a7c15
	h := uint64(*l)
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// part draws evenly from [0, 1).
func (l *luck) part() float64 { return float64(l.next()>>11) * (1.0 / (1 << 53)) }

// under draws evenly from [0, n).
func (l *luck) under(n int) int { return int(l.next() >> 32 * uint64(n) >> 32) }

// near draws around a mean, bell-shaped, three deviations at most (the sum of three even draws).
func (l *luck) near(mean, deviation float64) float64 {
	h := l.next()
	sum := float64(h&0x1fffff) + float64(h>>21&0x1fffff) + float64(h>>42&0x1fffff)
	return mean + deviation*2*(sum*(1.0/(1<<21))-1.5)
}

// seconds draws a walk in ticks.
func (l *luck) seconds(least, most int) uint32 {
	return uint32(least*ticksOfSecond + l.under((most-least)*ticksOfSecond))
}

// Habits of people, by their number; the rest are at home by day.
const (
	habitWorker = iota // away from the morning on
	habitPupil         // the same, and back earlier
	habitKeeper        // works in the shop or the office of their community
	habitHome          // pensioners and others: errands at all hours
)

// day appends what one person does on a day, in order of time. It follows from seed, day and person alone, and from how many
// communities there are to visit.
func (s *subdistrict) day(out []made, person uint32, day int) []made {
	who := luck(mixed(s.seed, 3, uint64(person)))
	habit, kind := habitHome, who.under(100)
	switch {
	case kind < 55:
		habit = habitWorker
	case kind < 68:
		habit = habitPupil
	case kind < 70:
		habit = habitKeeper
	}
	visitor, where := who.under(100) < visitors, who.under(max(1, s.communities()-1))
	usual, punctual := who.under(outerGates), who.near(0, 0.4)
	l := luck(mixed(s.seed, 4, uint64(day), uint64(person)))
	w := walker{s: s, luck: &l, out: out, person: person}
	w.community, w.building, w.unit = s.home(person)
	w.gate = usual
	weekend := day%7 >= 5
	trips := s.rate / passesOfTrip
	if habit != habitHome && !weekend {
		leave, away := l.near(7.7+punctual, 0.5), l.near(10, 0.9)
		switch habit {
		case habitPupil:
			leave, away = l.near(7.2+punctual/4, 0.2), l.near(9, 0.6)
		case habitKeeper:
			leave = l.near(8.2+punctual, 0.3)
		}
		w.leave(leave)
		if habit == habitKeeper {
			w.local(outerGates+who.under(2), hours(away))
		} else {
			w.outside(hours(away))
		}
		w.comeHome()
		trips--
	}
	n := int(trips)
	if l.part() < trips-float64(n) {
		n++
	}
	for k := range n {
		hour := l.near(9.5+10*(float64(k)+0.5)/float64(n), 2.2) // as the day goes on
		if l.under(3) == 0 {
			hour = l.near([]float64{10, 18.5}[l.under(2)], 0.8) // at the hours at which everybody does
		}
		if !w.leave(hour) {
			break
		}
		switch x := l.under(100); {
		case x < 30:
			w.local(outerGates, l.seconds(120, 1500)) // the shop
			if x < 12 {
				w.outside(l.seconds(600, 5400))
			}
		case visitor && x < 40 && s.communities() > 1:
			w.visit((w.community+1+where)%s.communities(), l.seconds(1800, 3*3600))
		default:
			w.outside(l.seconds(600, 7200))
		}
		w.comeHome()
	}
	return w.out
}

// visitors is which part of people, in hundredths, have somebody in another community whom they see about once a week.
const visitors = 2

// passesOfTrip is about how many passes a trip makes.
const passesOfTrip = 8

func hours(h float64) uint32 { return uint32(h * ticksOfHour) }

// walker is one person on their way.
type walker struct {
	s                         *subdistrict
	luck                      *luck
	out                       []made
	person                    uint32
	at                        uint32
	community, building, unit int
	gate                      int // outer one that they like best
}

func (w *walker) pass(community, gate int, out uint32) {
	number := uint32(subdistrictGateNo + community*w.s.gatesOf() + gate)
	w.out = append(w.out, made{w.at, w.person, number<<1 | out})
}

// stairs passes unit and building: up and in, or down and out.
func (w *walker) stairs(community, building, unit int, up bool) {
	door := communityGates + building*gatesOfBuilding
	lobby, floors := door+1+2*unit, door+2+2*unit
	if up {
		w.pass(community, door, 0)
		w.at += w.luck.seconds(6, 40)
		w.pass(community, lobby, 0)
		w.at += w.luck.seconds(10, 50)
		w.pass(community, floors, 0)
		return
	}
	w.pass(community, floors, 1)
	w.at += w.luck.seconds(10, 50)
	w.pass(community, lobby, 1)
	w.at += w.luck.seconds(6, 25)
	w.pass(community, door, 1)
}

// outer draws an outer gate, mostly the usual one.
func (w *walker) outer() int {
	if w.luck.under(5) == 0 {
		return w.luck.under(outerGates)
	}
	return w.gate
}

// leave goes out of the home at an hour, or ten minutes after the last return; false where it is too late to.
func (w *walker) leave(hour float64) bool {
	at := max(hours(max(hour, 0.1)), 1)
	if len(w.out) > 0 && w.out[len(w.out)-1].person == w.person {
		at = max(at, w.at+600*ticksOfSecond)
	}
	if at > latestDepart {
		return false
	}
	w.at = at
	w.stairs(w.community, w.building, w.unit, false)
	w.at += w.luck.seconds(30, 240)
	return true
}

// until holds the end of an absence within the day.
func (w *walker) until(length uint32) { w.at = max(w.at+ticksOfSecond, min(w.at+length, latestReturn)) }

// outside leaves the community for a time.
func (w *walker) outside(length uint32) {
	w.pass(w.community, w.outer(), 1)
	w.until(length)
	w.pass(w.community, w.outer(), 0)
	w.at += w.luck.seconds(30, 240)
}

// local is in the shop or the office for a time.
func (w *walker) local(gate int, length uint32) {
	w.pass(w.community, gate, 0)
	w.until(length)
	w.pass(w.community, gate, 1)
	w.at += w.luck.seconds(30, 240)
}

// visit goes to somebody of another community.
func (w *walker) visit(there int, length uint32) {
	building, unit, gate := w.luck.under(w.s.blocks), w.luck.under(unitsOfBuilding), w.luck.under(outerGates)
	w.pass(w.community, w.outer(), 1)
	w.at += w.luck.seconds(300, 1200)
	w.pass(there, gate, 0)
	w.at += w.luck.seconds(30, 240)
	w.stairs(there, building, unit, true)
	w.until(length)
	w.stairs(there, building, unit, false)
	w.at += w.luck.seconds(30, 240)
	w.pass(there, gate, 1)
	w.at += w.luck.seconds(300, 1200)
	w.pass(w.community, w.outer(), 0)
	w.at += w.luck.seconds(30, 240)
}

func (w *walker) comeHome() { w.stairs(w.community, w.building, w.unit, true) }

// aim sets how many trips people make so that a person makes so many passes on a day, or slightly more.
func (s *subdistrict) aim(want float64) {
	want *= 1.004
	s.rate = want
	const sample = 1500
	for range 6 {
		var out []made
		n := 0
		for k := range sample {
			person := uint32(1 + int(mixed(s.seed, 5, uint64(k))%uint64(len(s.people)-1)))
			for day := range s.days {
				out = s.day(out[:0], person, day)
				n += len(out)
			}
		}
		s.rate *= want / (float64(n) / float64(sample) / float64(s.days))
	}
}

// passes hands over all passes day by day in order of time, at most so many; what a call was given is its own until it returns.
func (s *subdistrict) passes(ctx context.Context, most int, each func(day int, passes []made) error) error {
	workers := runtime.GOMAXPROCS(0)
	parts := make([][]made, workers)
	var all, spare []made
	for day := range s.days {
		if err := ctx.Err(); err != nil {
			return err
		}
		var wait sync.WaitGroup
		for k := range parts {
			wait.Go(func() {
				from, to := 1+k*(len(s.people)-1)/workers, 1+(k+1)*(len(s.people)-1)/workers
				out := parts[k][:0]
				for person := from; person < to; person++ {
					out = s.day(out, uint32(person), day)
				}
				parts[k] = out
			})
		}
		wait.Wait()
		all = all[:0]
		for _, part := range parts {
			all = append(all, part...)
		}
		if cap(spare) < len(all) {
			spare = make([]made, len(all)+len(all)/16)
		}
		inOrder(all, spare[:len(all)])
		n := min(len(all), most)
		if n > 0 {
			if err := each(day, all[:n]); err != nil {
				return err
			}
		}
		most -= n
	}
	return nil
}

// inOrder sorts by time, those of one tick as they were (LSD radix sort).
func inOrder(all, spare []made) {
	const bits = 12
	for shift := 0; shift < 24; shift += bits {
		var count [1<<bits + 1]int
		for i := range all {
			count[all[i].at>>shift&(1<<bits-1)+1]++
		}
		for k := 1; k <= 1<<bits; k++ {
			count[k] += count[k-1]
		}
		for i := range all {
			k := all[i].at >> shift & (1<<bits - 1)
			spare[count[k]] = all[i]
			count[k]++
		}
		all, spare = spare, all
	}
}

// allPasses is no limit to passes.
const allPasses = math.MaxInt
