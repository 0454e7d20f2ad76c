package office

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/width"

	"menshen"
)

// PassBook is where imported passes go, and where those that are there already are found.
type PassBook interface {
	// KnownPasses reports which passes are kept or on their way there: of the same gate, person, direction, capture time
	// and outcome.
	KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error)
	// AppendPasses numbers passes and keeps them, as those of any gate. It may wait until earlier ones have got on.
	AppendPasses(ctx context.Context, passes []menshen.Pass) error
	// Passes gives those of a filter in order of capture time.
	Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error]
}

// PassPeople says who is meant.
type PassPeople interface {
	// Named gives for each text, an id or a whole name, the ids of those that it means.
	Named(texts map[string][]string)
}

// PassFileDeps is what a PassFile works with. All must be set.
type PassFileDeps struct {
	Book   PassBook
	People PassPeople
	Site   func() menshen.Site
	Post   func(gate string) string // the post that numbers the passes of a gate; "" for this hub
	Clock  func() time.Time
}

// PassFile takes passes from files and gives them for files. Safe for concurrent use; imports wait for each other, so that
// the same rows from two sides are added once.
//
// An imported pass has means guard, By whoever imported it, and ReasonImported as its last reason: a person vouches for it,
// and no camera or reader of this site has seen it. What the row does not say (confidence) stays unsaid.
type PassFile struct {
	deps      PassFileDeps
	importing sync.Mutex
}

// NewPassFile makes a PassFile.
func NewPassFile(d PassFileDeps) (*PassFile, error) {
	if d.Book == nil || d.People == nil || d.Site == nil || d.Post == nil || d.Clock == nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "office.new", "a part that importing passes needs was not handed in")
	}
	return &PassFile{deps: d}, nil
}

// ImportPasses takes rows in. A row is known by gate, person, direction, time and decision: one that is in the pass log, on
// its way there, or further up among the rows, is not added again. With dryRun nothing is added, and the answer is what it
// would be. An error says that nothing of the call, or not all of it, was added; the same rows can be sent again.
func (f *PassFile) ImportPasses(ctx context.Context, rows []menshen.PassRow, by string, dryRun bool) (done menshen.PassImport, err error) {
	site := f.deps.Site()
	r := passReader{site: site, post: f.deps.Post, now: f.deps.Clock(), by: by, gates: map[string]bool{}, people: map[string][]string{}}
	for _, g := range site.Gates {
		r.gates[g.ID] = true
	}
	for i := range rows {
		for _, cell := range []*string{&rows[i].Gate, &rows[i].Person, &rows[i].Direction, &rows[i].Time, &rows[i].Decision, &rows[i].Confidence} {
			*cell = strings.TrimSpace(*cell)
		}
		if who := rows[i].Person; who != "" {
			r.people[who] = nil
		}
		if !r.gates[rows[i].Gate] {
			r.people[rows[i].Gate] = nil // perhaps a person: then columns are swapped
		}
	}
	f.deps.People.Named(r.people)
	passes := make([]menshen.Pass, 0, len(rows))
	seen := make(map[passKey]bool, len(rows))
	for _, row := range rows {
		p, why := r.read(row)
		if why != (menshen.Text{}) {
			done.Refused = append(done.Refused, menshen.RefusedRow{Line: row.Line, Reason: why})
			continue
		}
		if key := keyOf(&p); seen[key] {
			done.Known++
		} else {
			seen[key] = true
			passes = append(passes, p)
		}
	}
	f.importing.Lock()
	defer f.importing.Unlock()
	known, err := f.deps.Book.KnownPasses(ctx, passes)
	if err != nil {
		return menshen.PassImport{}, err
	}
	fresh := passes[:0]
	for i, p := range passes {
		if !known[i] {
			fresh = append(fresh, p)
		}
	}
	done.Known += len(passes) - len(fresh)
	done.Added = len(fresh)
	if dryRun || len(fresh) == 0 {
		return done, nil
	}
	if err := f.deps.Book.AppendPasses(ctx, fresh); err != nil {
		return menshen.PassImport{}, err
	}
	return done, nil
}

// passKey is what a row is known by.
type passKey struct {
	gate, person string
	direction    menshen.Direction
	at           int64
	outcome      menshen.Outcome
}

func keyOf(p *menshen.Pass) passKey {
	return passKey{p.ID.Gate, p.Person, p.Direction, p.Captured.UnixNano(), p.Decision.Outcome}
}

// passReader makes passes of rows.
type passReader struct {
	site   menshen.Site
	post   func(gate string) string
	now    time.Time
	by     string
	gates  map[string]bool
	people map[string][]string // cells, and whom they mean
}

// read gives the pass of a row, or why there is none.
func (r *passReader) read(row menshen.PassRow) (p menshen.Pass, why menshen.Text) {
	p = menshen.Pass{ID: menshen.PassID{Gate: row.Gate}, Site: r.site.ID, Means: menshen.MeansGuard, By: r.by}
	if why = r.gate(row); why != (menshen.Text{}) {
		return p, why
	}
	if row.Person != "" {
		switch ids := r.people[row.Person]; len(ids) {
		case 0:
			return p, says("person：没有“%s”这个人，也不是人员编号", "person: nobody has the name or id %q", row.Person)
		case 1:
			p.Person = ids[0]
		default:
			return p, says("person：有 %d 个人叫“%s”，请写编号", "person: %d people have the name %q; write the id", len(ids), row.Person)
		}
	}
	var ok bool
	if p.Direction, ok = directionWords[strings.ToLower(row.Direction)]; !ok {
		if _, swapped := directionWords[strings.ToLower(row.Time)]; swapped {
			return p, says("direction 和 time 两列好像对调了", "the columns direction and time seem to be swapped")
		}
		return p, says("direction：“%s”不是方向，请写 in 或 out", "direction: %q is no direction; write in or out", row.Direction)
	}
	if p.Captured, ok = readMoment(row.Time, r.site.Location); !ok {
		return p, says("time：“%s”不是时间，请写成 2020-02-14T08:30:00+08:00 或 2020-02-14 08:30:00", "time: %q is no time; write it like 2020-02-14T08:30:00+08:00 or 2020-02-14 08:30:00", row.Time)
	}
	if p.Captured.After(r.now) {
		return p, says("time：%s 在将来", "time: %s is in the future", row.Time)
	}
	if p.Decision.Outcome, ok = outcomeWords[strings.ToLower(row.Decision)]; !ok {
		return p, says("decision：“%s”不是判定，请写 allow、deny 或 review", "decision: %q is no decision; write allow, deny or review", row.Decision)
	}
	if p.Decision.Outcome == menshen.OutcomeAllow && p.Person == "" {
		return p, says("person：放行的记录必须写明是谁", "person: whoever was let through must be named")
	}
	if row.Confidence != "" {
		c, err := strconv.ParseFloat(width.Narrow.String(row.Confidence), 64)
		if err != nil || !(c >= 0 && c <= 1) || math.Signbit(c) {
			return p, says("confidence：“%s”不在 0 到 1 之间", "confidence: %q is not between 0 and 1", row.Confidence)
		}
		p.Confidence = c
	}
	p.Captured = p.Captured.UTC()
	p.Decided = p.Captured
	p.Decision.Reasons = importedReasons
	p.ID.Sequence = 1 // any: the outbox sets the real one
	if err := p.Validate(); err != nil {
		return p, says("time：“%s”超出范围（2000 至 2200 年）", "time: %q is out of range, 2000 to 2200", row.Time)
	}
	p.ID.Sequence = 0
	return p, menshen.Text{}
}

var importedReasons = []menshen.Reason{menshen.ReasonImported}

func (r *passReader) gate(row menshen.PassRow) menshen.Text {
	if !r.gates[row.Gate] {
		if r.gates[row.Person] && (row.Gate == "" || len(r.people[row.Gate]) > 0) {
			return says("gate 和 person 两列好像对调了", "the columns gate and person seem to be swapped")
		}
		return says("gate：本小区没有出入口“%s”", "gate: this site has no gate %q", row.Gate)
	}
	if post := r.post(row.Gate); post != "" {
		return says("gate：%s 由岗亭 %s 编号，不能在这里导入", "gate: the passes of %s are numbered by the post %s and cannot be imported here", row.Gate, post)
	}
	return menshen.Text{}
}

// says makes a text of both languages.
func says(zh, en string, args ...any) menshen.Text {
	return menshen.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

var directionWords = map[string]menshen.Direction{
	"in": menshen.DirectionIn, "进": menshen.DirectionIn, "进入": menshen.DirectionIn, "入": menshen.DirectionIn,
	"out": menshen.DirectionOut, "出": menshen.DirectionOut, "外出": menshen.DirectionOut, "离开": menshen.DirectionOut,
}

var outcomeWords = map[string]menshen.Outcome{
	"": menshen.OutcomeAllow, "allow": menshen.OutcomeAllow, "放行": menshen.OutcomeAllow, "通过": menshen.OutcomeAllow, "允许": menshen.OutcomeAllow,
	"deny": menshen.OutcomeDeny, "拒绝": menshen.OutcomeDeny, "禁止": menshen.OutcomeDeny,
	"review": menshen.OutcomeReview, "待核对": menshen.OutcomeReview, "核对": menshen.OutcomeReview,
}

// momentLayouts are times without a zone, which are those of the site's clocks.
var momentLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/1/2 15:04:05", "2006-1-2 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006/1/2 15:04", "2006-1-2 15:04",
	"2006年1月2日 15:04:05", "2006年1月2日 15:04",
}

// readMoment reads a time; fractions of a second may follow the seconds.
func readMoment(s string, site *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	s = width.Narrow.String(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if site == nil {
		site = time.UTC
	}
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, s, site); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// ExportPasses gives the passes of a filter by capture time, as ImportPasses reads them: times to the nanosecond, in UTC.
func (f *PassFile) ExportPasses(ctx context.Context, filter menshen.PassFilter) iter.Seq2[menshen.PassRow, error] {
	return func(yield func(menshen.PassRow, error) bool) {
		for p, err := range f.deps.Book.Passes(ctx, filter) {
			row := menshen.PassRow{
				Gate: p.ID.Gate, Person: p.Person, Direction: string(p.Direction), Time: p.Captured.UTC().Format(time.RFC3339Nano), Decision: string(p.Decision.Outcome),
			}
			if p.Confidence > 0 {
				row.Confidence = strconv.FormatFloat(p.Confidence, 'g', -1, 64)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
