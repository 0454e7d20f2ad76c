package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"menshen"
)

// Explanation says how an answer came about.
type Explanation struct {
	Result
	Fired []Fired        // the rules that hold, the deciding ones first
	Facts []menshen.Text // everything that was known
}

// Fired is a rule that holds.
type Fired struct {
	Rule    string // id
	Title   menshen.Text
	Then    Then
	Reason  menshen.Reason
	Because []menshen.Text // the facts that made it hold
}

// Explain decides as Decide does, and says why.
func (r *Rules) Explain(q *Request) Explanation {
	s, _ := r.gather(q)
	x := Explanation{Result: r.Decide(q)}
	for i := range r.compiled {
		c := &r.compiled[i]
		if !c.holds(&s) {
			continue
		}
		f := Fired{Rule: c.rule.ID, Title: c.rule.Title, Then: c.rule.Then, Reason: c.rule.Reason}
		because := c.all
		for _, either := range c.either {
			because[0] |= either[0] & s[0]
			because[1] |= either[1] & s[1]
		}
		because.each(func(g fact) { f.Because = append(f.Because, r.say(g, q)) })
		c.none.each(func(g fact) { f.Because = append(f.Because, not(facts[g].text)) })
		x.Fired = append(x.Fired, f)
	}
	slices.SortStableFunc(x.Fired, func(a, b Fired) int { return rankOf(a.Then) - rankOf(b.Then) })
	s.each(func(f fact) { x.Facts = append(x.Facts, r.say(f, q)) })
	return x
}

func not(t menshen.Text) menshen.Text {
	return menshen.Text{ZH: "不成立：" + t.ZH, EN: "not so: " + t.EN}
}

// say gives the words for a fact that holds, with the figures behind it.
func (r *Rules) say(f fact, q *Request) menshen.Text {
	t := facts[f].text
	more := func(zh, en string) menshen.Text {
		return menshen.Text{ZH: t.ZH + "（" + zh + "）", EN: t.EN + " (" + en + ")"}
	}
	h := &q.Standing.Health
	clock := func(unix int64) string { return r.clock(time.Unix(unix, 0), q) }
	switch f {
	case fever:
		return more(fmt.Sprintf("%.1f °C，%s 测量", h.Celsius, clock(h.measuredAt)), fmt.Sprintf("%.1f °C at %s", h.Celsius, clock(h.measuredAt)))
	case temperatureMissing:
		if h.measuredAt != 0 {
			return more("上次 "+clock(h.measuredAt)+" 测量", "last taken at "+clock(h.measuredAt))
		}
	case observation:
		if h.until != 0 {
			return more("至 "+clock(h.until), "until "+clock(h.until))
		}
	case passbackSoft, passbackTimed, passbackHard:
		if l := q.Standing.Last; l != nil {
			return more(r.clock(l.At, q)+" 经 "+l.Gate, r.clock(l.At, q)+" through "+l.Gate)
		}
	case permitRevoked, permitExpired, permitEarly, permitGate, permitDay, permitHour, permitQuota:
		if p := r.nearest(q); p != nil {
			kind, terms := p.Kind().Text(), r.terms(p, q)
			return menshen.Text{ZH: t.ZH + "（" + kind.ZH + terms.ZH + "）", EN: t.EN + " (" + kind.EN + terms.EN + ")"}
		}
	case gateClosed, gateGuarded:
		return more(q.Gate.ID, q.Gate.ID)
	}
	return t
}

func (r *Rules) clock(at time.Time, q *Request) string {
	if q.Location != nil {
		at = at.In(q.Location)
	} else {
		at = at.In(q.At.Location())
	}
	return at.Format("2006-01-02 15:04")
}

// nearest gives the permit that is nearest to being valid, nil where there is none.
func (r *Rules) nearest(q *Request) (best *Permit) {
	w, most := whereOf(q, r.again(q)), faultNone
	for i := range q.Standing.Permits {
		p := &q.Standing.Permits[i]
		if int(p.kind) >= len(kinds) {
			continue
		}
		if f := p.fault(&w, r.quotas[p.kind]); f > most {
			best, most = p, f
		}
	}
	return best
}

// terms says from when to when and where a permit is valid.
func (r *Rules) terms(p *Permit, q *Request) (t menshen.Text) {
	add := func(zh, en string) { t.ZH, t.EN = t.ZH+"，"+zh, t.EN+", "+en }
	from := r.clock(moment(p.from), q)
	if p.to == 0 {
		add(from+" 起", "from "+from)
	} else {
		to := r.clock(moment(p.to), q)
		add(from+" 至 "+to, from+" to "+to)
	}
	whole := p.Whole("")
	if len(p.Gates) > 0 {
		list := strings.Join(p.Gates, ", ")
		add("出入口 "+list, "gates "+list)
	}
	if h := whole.Hours.String(); h != "" {
		add(h, h)
	}
	if p.weekdays != 0 {
		zh, en := "周", ""
		for d := time.Sunday; d <= time.Saturday; d++ {
			if p.weekdays.Has(d) {
				zh += []string{"日", "一", "二", "三", "四", "五", "六"}[d]
				en += d.String()[:3] + " "
			}
		}
		add(zh, strings.TrimSpace(en))
	}
	if p.outings > 0 {
		add(fmt.Sprintf("每 %d 天 %d 次", p.days, p.outings), fmt.Sprintf("%d outings in %d days", p.outings, p.days))
	}
	if p.revoked != 0 {
		at := r.clock(moment(p.revoked), q)
		add("注销于 "+at, "revoked at "+at)
	}
	return t
}
