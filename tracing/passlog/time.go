package passlog

import (
	"math"
	"runtime"
	"time"
)

// ticks gives a time in ticks since 1970.
func ticks(t time.Time) int64 {
	return t.Unix()*int64(time.Second/TickLength) + int64(t.Nanosecond())/int64(TickLength)
}

// timeOf gives the time at which a tick since 1970 begins.
func timeOf(ticks int64) time.Time {
	return time.UnixMilli(ticks * int64(TickLength/time.Millisecond)).UTC()
}

// reach gives the tick of a time in ticks since 1970, moving the origin where it must, and whether the log holds it.
func (l *Log) reach(at int64) (tick uint32, ok bool) {
	if at < l.floor {
		return 0, false
	}
	if d := at - l.origin; d < 0 || d > math.MaxUint32 {
		first, last := l.extent()
		first, last = min(first, at), max(last, at)
		if last-first > math.MaxUint32 {
			l.outside++
			return 0, false
		}
		// Passes come at the new end mostly; a quarter of the room is left for late ones.
		l.rebase(first - (math.MaxUint32-(last-first))/4)
	}
	return uint32(at - l.origin), true
}

// extent gives the times between which passes are, or may be, in ticks since 1970; first > last for none.
func (l *Log) extent() (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	if l.floor != math.MinInt64 {
		first, last = l.floor, l.floor
	}
	for i := range l.registers.gates {
		g := &l.registers.gates[i]
		if g.count == 0 {
			continue
		}
		b, k := l.registers.slot(g, 0)
		first = min(first, l.origin+int64(b.at[k]))
		b, k = l.registers.slot(g, g.count-1)
		last = max(last, l.origin+int64(b.at[k]))
	}
	for _, p := range l.late.passes {
		first, last = min(first, l.origin+int64(p.at)), max(last, l.origin+int64(p.at))
	}
	return first, last
}

// rebase moves the origin to a time in ticks since 1970. All passes must be within the reach of it.
func (l *Log) rebase(origin int64) {
	delta := uint32(origin - l.origin) // the difference of ticks is right modulo 2³²
	l.origin = origin
	if l.count == 0 {
		return
	}
	// Nobody can look meanwhile, so that it is done on all processors: a quarter of a second for 100 million passes on one.
	n := runtime.GOMAXPROCS(0)
	each(n, func(w int) {
		t, r := l.trails.blocks, l.registers.blocks
		(&trails{blocks: t[w*len(t)/n : (w+1)*len(t)/n]}).shift(delta)
		(&registers{blocks: r[w*len(r)/n : (w+1)*len(r)/n]}).shift(delta)
	})
	for i := range l.late.passes {
		l.late.passes[i].at -= delta
	}
	for i := range l.late.entries {
		l.late.entries[i].At -= delta
	}
}
