package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// tracePeer is a database that was asked the same question: who was within a minute at a gate with the case, and then with
// those, after they had met the case. It has all passes in its cache; times are in milliseconds.
type tracePeer struct {
	Name    string    `json:"name"`
	Passes  int       `json:"passes"` // that it loads in the time it has
	People  int       `json:"people"`
	LoadS   float64   `json:"load_s"` // indexes and statistics included
	Bytes   float64   `json:"bytes_per_pass"`
	Cases   int       `json:"cases"` // asked about
	Wrong   int       `json:"wrong"` // cases for which the two answers are not the same people
	Reached float64   `json:"found"` // people, mean
	Times   quantiles `json:"two_generations_ms"`
	Ours    quantiles `json:"ours_ms"` // the same question of the pass log with the same passes
	Ratio   float64   `json:"ratio"`   // of the medians
}

// database is a peer that is running.
type database interface {
	// load takes in all passes of a sub-district and makes indexes and statistics.
	load(ctx context.Context, s *subdistrict) error
	// warm reads all of it once.
	warm(ctx context.Context) error
	// reached gives who is found in two generations, by generation, in any order.
	reached(ctx context.Context, person uint32, within uint32) ([]reachedBy, error)
	// size is what it occupies, in bytes.
	size(ctx context.Context) (int64, error)
	close() error
}

type reachedBy struct{ person, generation uint32 }

const (
	peerLimit = 4 * time.Minute // for asking
	peerCases = 200
)

// peers measures all of them, each at the largest size that it loads in its time.
func (r *traceReport) peers(ctx context.Context, p Program, s *subdistrict, o TraceOptions, postgres *postgresServer) error {
	for _, peer := range []struct {
		name string
		open func(context.Context) (database, error)
	}{
		{"PostgreSQL " + postgres.version, postgres.open},
		{"SQLite " + sqliteVersion(ctx), openSQLitePeer},
	} {
		figures, err := measurePeer(ctx, p, s, o, peer.name, peer.open)
		if err != nil {
			return err
		}
		r.Peers = append(r.Peers, figures)
	}
	return nil
}

func measurePeer(ctx context.Context, p Program, s *subdistrict, o TraceOptions, name string, open func(context.Context) (database, error)) (f tracePeer, err error) {
	f.Name = name
	db, town, err := loadPeer(ctx, p, s, o, &f, open)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	bytes, err := db.size(ctx)
	if err != nil {
		return f, err
	}
	f.Bytes = float64(bytes) / float64(f.Passes)
	fmt.Fprintf(p.Progress, "asking %s\n", name)
	log, err := town.log(ctx, allPasses)
	if err != nil {
		return f, err
	}
	tracer, err := town.tracer(log)
	if err != nil {
		return f, err
	}
	whole, err := builtin("gates-and-lifts")
	if err != nil {
		return f, err
	}
	gates := gatesAlone(whole)
	within := uint32(gates.Rules[0].Within / (10 * time.Millisecond))
	q := questioner{town: town, tracer: tracer}
	number := make(map[string]uint32, len(town.people))
	for n, id := range town.people {
		number[id] = uint32(n)
	}
	if err := db.warm(ctx); err != nil {
		return f, err
	}
	cases := town.cases(min(o.Cases, peerCases) + warmUp/4)
	var theirs, ours durations
	end := time.Now().Add(peerLimit)
	for k, person := range cases {
		begin := time.Now()
		found, err := db.reached(ctx, person, within)
		took := time.Since(begin)
		if err != nil {
			return f, err
		}
		mine, tookOurs, err := q.reached(ctx, person, gates, number)
		if err != nil {
			return f, err
		}
		f.Cases++
		f.Reached += float64(len(mine))
		if !sameReached(found, mine) {
			f.Wrong++
		}
		if k >= warmUp/4 {
			theirs, ours = append(theirs, took), append(ours, tookOurs)
		}
		if time.Now().After(end) && len(theirs) >= 10 {
			break
		}
	}
	f.Reached /= float64(f.Cases)
	f.Times, f.Ours = theirs.quantiles(), ours.quantiles()
	f.Ratio = f.Times.P50 / f.Ours.P50
	return f, nil
}

// loadPeer finds by a small part how fast a peer loads, and has it load as many communities as its time allows.
func loadPeer(ctx context.Context, p Program, s *subdistrict, o TraceOptions, f *tracePeer, open func(context.Context) (database, error)) (database, *subdistrict, error) {
	try := func(town *subdistrict) (database, int, time.Duration, error) {
		db, err := open(ctx)
		if err != nil {
			return nil, 0, 0, err
		}
		begin := time.Now()
		err = db.load(ctx, town)
		took := time.Since(begin)
		n := 0
		if err == nil {
			err = town.passes(ctx, allPasses, func(_ int, passes []made) error { n += len(passes); return nil })
		}
		if err != nil {
			return nil, 0, 0, errors.Join(err, db.close())
		}
		return db, n, took, nil
	}
	all := s.communities()
	k := max(1, all/50)
	for {
		town := s.part(k)
		fmt.Fprintf(p.Progress, "loading %d communities into %s\n", k, f.Name)
		db, n, took, err := try(town)
		if err != nil {
			return nil, nil, err
		}
		// Indexes of more passes take more than in proportion.
		fits := int(float64(k) * o.PeerTime.Seconds() / took.Seconds() * 0.9)
		if k == all || fits < k*5/4 || took > o.PeerTime*2/3 {
			f.Passes, f.People, f.LoadS = n, len(town.people)-1, took.Seconds()
			return db, town, nil
		}
		if err := db.close(); err != nil {
			return nil, nil, err
		}
		k = min(all, fits, 8*k) // a small part says little of a large one
	}
}

// reached is the same of the pass log.
func (q *questioner) reached(ctx context.Context, person uint32, p *policy.Policy, number map[string]uint32) ([]reachedBy, time.Duration, error) {
	begin := time.Now()
	answer, err := q.tracer.Reach(ctx, q.question(person, p, 2))
	took := time.Since(begin)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return nil, took, nil
	}
	return reachedOf(answer, number), took, err
}

func reachedOf(answer tracing.ReachAnswer, number map[string]uint32) []reachedBy {
	out := make([]reachedBy, len(answer.People))
	for i, f := range answer.People {
		out[i] = reachedBy{number[f.Person], uint32(f.Generation)}
	}
	return out
}

func sameReached(a, b []reachedBy) bool {
	order := func(x, y reachedBy) int { return int(x.person) - int(y.person) }
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}

// ticksSince gives the time of a pass of a day in ticks since the first day.
func ticksSince(day int, at uint32) uint32 { return uint32(day)*dayTicks + at }

// reachedQuery asks for two generations. Of the arguments, $1 is the person and $2 the window in ticks. That of one exposure
// is from the first of the two passes to the second; whoever was exposed passes it on by those that end later. Every step is a
// search in one of two covering indexes: by person and time, by gate and time. Its arguments are the join and onceOnly.
const reachedQuery = `
WITH firsts AS %[2]s (
    SELECT q.person, min(CASE WHEN q.at < p.at THEN q.at ELSE p.at END) AS since
    FROM passes p %[1]s passes q ON q.gate = p.gate AND q.at BETWEEN p.at - $2 AND p.at + $2
    WHERE p.person = $1 AND q.person <> $1
    GROUP BY q.person
), seconds AS %[2]s (
    SELECT DISTINCT q.person
    FROM firsts f %[1]s passes p ON p.person = f.person AND p.at > f.since - $2
    %[1]s passes q ON q.gate = p.gate AND q.at BETWEEN p.at - $2 AND p.at + $2
    WHERE (p.at > f.since OR q.at > f.since) AND q.person <> f.person
)
SELECT person, 1 FROM firsts
UNION ALL
SELECT person, 2 FROM seconds WHERE person <> $1 AND person NOT IN (SELECT person FROM firsts)`

// onceOnly has a part of the query worked out once.
const onceOnly = "MATERIALIZED" //nolint:misspell // a key word of SQL
