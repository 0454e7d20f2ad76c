// Package chaos shows that Menshen keeps its promise: no pass that was acknowledged is lost, none is doubled, none invented.
// It owns faults, the load under which they happen, the ledger beside it and the verdict; flags and texts are those of the
// command menshen chaos.
//
// Each scenario is a file. It runs the real program, a hub and a post, in processes of their own and in a folder of its own;
// what it does to them follows from a seed, so that a run can be done again:
//
//	kill.go      kill -9 of hub, post, or both at the same moment, and of their cameras and recognizers (children.go), at random
//	             moments, also while they start
//	powercut.go  a power cut: both are killed and what was not synced is dropped, by the file system of lossyfs
//	fulldisk.go  the disk is full for a while
//	clock.go     the gates' clock jumps by an hour and by a day, to and fro
//	linkloss.go  the post is cut off from the hub for hours, by its clock
//	damage.go    files with flipped bits and cut tails between a stop and a start
//
// They share ledger.go (what was answered and acknowledged), files.go (databases read from outside), verdict.go (what is
// wrong), world.go and process.go (hub and post), load.go (people with cards), film.go (what cameras see), look.go (work for a
// recognizer).
package chaos

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"menshen"
	"menshen/web/client"
)

// Program is what chaos needs of the program that it is part of. All of it must be set.
type Program struct {
	Environ  []string  // for the processes that are started
	Progress io.Writer // told in words what takes long
	Say      func(menshen.Text) string
	Connect  func(data string) (*client.Client, error) // to the program that runs with a data folder
}

// tell says how far a scenario has come.
func (p Program) tell(zh, en string) {
	fmt.Fprintln(p.Progress, p.Say(menshen.Text{ZH: zh, EN: en}))
}

// Options are how hard it is tried. The zero value of what is not said takes the scenario's own.
type Options struct {
	Seed    uint64
	Kills   int           // kills and power cuts; 0 as many as fit
	Passes  int           // the run goes on until so many were acknowledged
	Times   int           // fillings, jumps, hours, damages of the scenarios that have a number of them; 0 for all
	For     time.Duration // … and at least so long; 0 for no limit by time
	Rate    int           // presentations a second at all gates together
	Folder  string        // in which folders for the tests are made; the system's for temporary ones if empty
	Shifted string        // program whose gates' clock can be moved, see clock.go; needed by clock and linkloss
	Lying   bool          // the disk of powercut says that it has synced and has not: the verdict must find passes lost
	Keep    bool          // leave folders also where all was well
	Models  string        // folder of the networks for cameras and recognizers; empty: the hub of kill has none
	Missing string        // why there are no networks
}

// Report is what came of one scenario.
type Report struct {
	Scenario string        `json:"scenario"`
	Seed     uint64        `json:"seed"`
	Kills    int           `json:"kills"`
	Killed   Killed        `json:"killed"` // who of them
	Cuts     int           `json:"cuts"`
	Took     time.Duration `json:"took_ns"`
	Verdict  Verdict       `json:"verdict"`
	Done     Done          `json:"done"`
	Notes    []string      `json:"notes,omitempty"`  // what else was seen, in English
	Folder   string        `json:"folder,omitempty"` // where it can be looked at

	Away      map[string]time.Duration `json:"away_ns,omitempty"`   // by role: the longest from the kill of a child until another did its work
	Meanwhile int                      `json:"meanwhile,omitempty"` // presentations answered while a child of the gate's process was away

	faults []string // for the verdict
}

// Done counts what the scenarios without kills have done, and what followed.
type Done struct {
	Fillings int `json:"fillings,omitempty"`  // of a disk, after which all went on
	Jumps    int `json:"jumps,omitempty"`     // of the clock
	Hours    int `json:"hours,omitempty"`     // by the clock that the post was cut off
	Waiting  int `json:"waiting,omitempty"`   // passes that waited at the post then
	Damages  int `json:"damages,omitempty"`   // in which there was a file to damage
	Refused  int `json:"refused,omitempty"`   // of them, with which the hub did not start and said what to do
	SetAside int `json:"set_aside,omitempty"` // of them, of which the status said that the file was set aside
}

// Killed counts kills by what was killed.
type Killed struct {
	Hub         int `json:"hub"`
	Post        int `json:"post"`
	Cameras     int `json:"cameras"`
	Recognizers int `json:"recognizers"`
}

// killed puts down a kill of the hub, the post, or a child of either, a camera or a recognizer.
func (r *Report) killed(what string) {
	r.Kills++
	switch what {
	case "hub":
		r.Killed.Hub++
	case "post":
		r.Killed.Post++
	case "camera":
		r.Killed.Cameras++
	case "recognizer":
		r.Killed.Recognizers++
	}
}

// Good says that nothing is wrong.
func (r Report) Good() bool { return r.Verdict.Good() }

// fault puts down what is wrong beside the passes; it goes into the verdict.
func (r *Report) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// note puts down what was seen.
func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// first gives how many of n are done.
func (o Options) first(n int) int {
	if o.Times == 0 {
		return n
	}
	return min(n, o.Times)
}

// Scenario is one kind of trouble.
type Scenario struct {
	Name    string
	About   menshen.Text
	Mount   bool // it mounts file systems
	Clock   bool // it needs the program of Options.Shifted
	Cameras bool // hub and post have cameras and recognizers
	run     func(ctx context.Context, w *world, r *Report) error
}

// Scenarios gives all of them, in the order in which they are run.
func Scenarios() []Scenario {
	return []Scenario{killScenario(), powerCutScenario(), fullDiskScenario(), clockScenario(), linkLossScenario(), damageScenario()}
}

// Find gives a scenario by its name.
func Find(name string) (Scenario, bool) {
	all := Scenarios()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

// Run runs a scenario. An error is what kept it from being judged; what is wrong with the program is in the report.
func Run(ctx context.Context, p Program, s Scenario, o Options) (Report, error) {
	r := Report{Scenario: s.Name, Seed: o.Seed, Away: map[string]time.Duration{}}
	began := time.Now()
	w, err := newWorld(p, o, s)
	if err != nil {
		return r, err
	}
	if s.Clock {
		w.binary = o.Shifted
	}
	err = s.run(ctx, w, &r)
	r.Took = time.Since(began)
	for _, f := range r.faults {
		r.Verdict.fault("%s", f)
	}
	keep := err != nil || !r.Good() || o.Keep
	if keep {
		r.Folder = w.folder
	}
	w.close(keep)
	return r, err
}
