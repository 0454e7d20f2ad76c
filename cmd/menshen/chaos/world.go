package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// world is what is tested: a hub and a post of it, in processes of their own, with a data folder, and the readers that people
// show their cards to.
type world struct {
	program Program
	options Options
	binary  string // of hub and post
	folder  string // of the configuration, the logs and the ledger; never in the data folder
	data    string
	ledger  *Ledger

	hub, post *process
	address   string // of the hub's bus, as the post is told
	people    []string
	readers   []*reader
	load      *load

	children []*child // of hub and post; none where there are no networks
	looks    *looks
	orphans  []orphan
}

const (
	siteID    = "chaos"
	postID    = "lodge"
	hubGates  = 8
	postGates = 4
	people    = 300
	crowd     = 250             // of them, who come again and again
	patience  = 3 * time.Minute // for anything; machines are busy
)

// newWorld writes a configuration for a data folder and opens the ledger.
func newWorld(p Program, o Options, s Scenario) (*world, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "cmd.chaos", "the path of this program cannot be found").WithCause(err)
	}
	folder, err := os.MkdirTemp(o.Folder, "menshen-chaos-"+s.Name+"-")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.chaos", "no folder can be made for the test").WithHint("name a folder that can be written with --folder").WithCause(err)
	}
	w := &world{program: p, options: o, binary: binary, folder: folder, data: filepath.Join(folder, "data")}
	if err := os.Mkdir(w.data, 0o700); err != nil {
		return nil, err
	}
	if w.ledger, err = NewLedger(folder); err != nil {
		return nil, err
	}
	hubBus, err := freePort()
	if err != nil {
		return nil, err
	}
	postBus, err := freePort()
	if err != nil {
		return nil, err
	}
	if w.address == "" {
		w.address = hubBus
	}
	w.hub = &process{world: w, name: "hub", args: []string{"serve"}, folder: w.data, bus: hubBus}
	w.post = &process{world: w, name: "post", args: []string{"post", postID}, folder: filepath.Join(w.data, "post-"+postID), bus: postBus}
	w.hub.gates, w.post.gates = map[string]bool{}, map[string]bool{}
	for i := range hubGates + postGates {
		if i < hubGates {
			w.hub.gates[gateID(i)] = true
		} else {
			w.post.gates[gateID(i)] = true
		}
	}
	w.load, w.looks = newLoad(w), &looks{world: w}
	if s.Cameras && o.Models != "" {
		for _, of := range []*process{w.hub, w.post} {
			w.children = append(w.children, &child{of, "camera", eye(of.name)}, &child{of, "recognizer", "1"})
		}
		if err := film(w.film()); err != nil {
			return nil, err
		}
	}
	return w, w.configure()
}

// film is what all cameras see.
func (w *world) film() string { return filepath.Join(w.folder, "yard.mjpeg") }

// configure writes the configuration.
func (w *world) configure() error {
	var gates, doors strings.Builder
	var own []string
	for i := range hubGates + postGates {
		id := gateID(i)
		fmt.Fprintf(&gates, "    - {id: %s, from: outside, to: compound}\n", id)
		fmt.Fprintf(&doors, "  - {gate: %s, driver: nats}\n", id)
		if i >= hubGates {
			own = append(own, id)
		}
	}
	text := fmt.Sprintf(`data: data
log: {level: info}
site:
  id: %s
  zones: [{id: compound, kind: compound}]
  gates:
%sdoors:
%saccess: {cooldown: 1s, door_limit: 1s}
posts: [{id: %s, gates: [%s], hub: "nats://%s", bus: "%s"}]
bus: {listen: "%s"}
web: {listen: "127.0.0.1:0"}
`, siteID, gates.String(), doors.String(), postID, strings.Join(own, ", "), w.address, w.post.bus, w.hub.bus)
	if len(w.children) > 0 {
		text += "cameras:\n"
		for i, p := range []*process{w.hub, w.post} {
			text += fmt.Sprintf("  - {id: %s, gate: %s, source: %q, loop: true, analyse_rate: 1, analyse_width: 320}\n", eye(p.name), gateID(i*hubGates), w.film())
		}
		text += fmt.Sprintf("engine: {models: %q, evaluation: true, networks: 1}\n", w.options.Models)
	}
	return os.WriteFile(filepath.Join(w.folder, "menshen.yaml"), []byte(text), 0o600)
}

func gateID(i int) string { return fmt.Sprintf("gate-%02d", i) }

// freePort gives an address on which nothing listens, so that a process is found again after it was started anew.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// open starts hub and post, gives everybody a card, and lets people come.
func (w *world) open(ctx context.Context) error {
	if err := w.hub.start(ctx); err != nil {
		return err
	}
	if err := w.populate(ctx); err != nil {
		return err
	}
	if err := w.post.start(ctx); err != nil {
		return err
	}
	for i := range hubGates + postGates {
		at := w.hub
		if i >= hubGates {
			at = w.post
		}
		w.readers = append(w.readers, &reader{world: w, gate: gateID(i), at: at, shift: i})
	}
	if err := w.known(ctx); err != nil {
		return err
	}
	w.hub.watch()
	w.post.watch()
	w.load.begin()
	if len(w.children) > 0 {
		return w.looks.begin()
	}
	return nil
}

// populate registers people, with a card each.
func (w *world) populate(ctx context.Context) error {
	api, err := w.program.Connect(w.data)
	if err != nil {
		return err
	}
	defer api.Close()
	w.people = make([]string, people)
	errs := make([]error, 4)
	var all sync.WaitGroup
	for worker := range errs {
		all.Go(func() {
			for i := worker; i < people && errs[worker] == nil; i += len(errs) {
				dwelling := fmt.Sprintf("1-1-%d-%d", i/10+1, i/10*100+i%10+101)
				res, err := api.Registry.PutPerson(ctx, connect.NewRequest(&menshenv1.PutPersonRequest{Name: fmt.Sprintf("住户%d", i), Dwelling: dwelling}))
				if err == nil {
					w.people[i] = res.Msg.GetPerson()
					_, err = api.Credentials.IssueCredential(ctx, connect.NewRequest(&menshenv1.IssueCredentialRequest{Person: w.people[i], Kind: string(menshen.CredentialCard), Card: card(i)}))
				}
				errs[worker] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func card(i int) string { return fmt.Sprintf("04A2%06d", i) }

// known waits until the last person is known at the gates of the post, which learns of people after the hub. What is shown for
// that is in the ledger too.
func (w *world) known(ctx context.Context) error {
	tries := 0
	for _, r := range []*reader{w.readers[0], w.readers[hubGates]} {
		err := w.eventually(ctx, "the gates know everybody", func() bool {
			if r.connect(ctx) != nil {
				return false
			}
			// Each time somebody else: the same person again is the same crossing.
			d, err := r.show(ctx, crowd+tries%(people-crowd), menshen.DirectionIn)
			tries++
			r.close()
			return err == nil && d.Outcome == menshen.OutcomeAllow
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eventually waits for something that takes time.
func (w *world) eventually(ctx context.Context, what string, ok func() bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if ok() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.chaos", "this never happened: %s", what).WithHint("see the logs in %s", w.folder)
}

// settle ends the load, waits until every pass has its receipt, ends the processes in good order and judges.
func (w *world) settle(ctx context.Context) (Verdict, error) {
	v, _, err := w.settleRows(ctx)
	return v, err
}

// settleRows is settle, and gives the pass log too.
func (w *world) settleRows(ctx context.Context) (Verdict, []Row, error) {
	w.load.end()
	w.looks.end()
	for _, p := range []*process{w.hub, w.post} {
		if err := p.ready(ctx); err != nil {
			return Verdict{}, nil, err
		}
	}
	stuck := w.quiet(ctx)
	w.post.stop()
	w.hub.stop()
	rows, aside, sound, err := readLog(ctx, filepath.Join(w.data, "site.db"))
	if err != nil {
		return Verdict{}, nil, menshen.Errorf(menshen.CodeCorrupt, "cmd.chaos", "the pass log cannot be read").WithHint("see %s", w.folder).WithCause(err)
	}
	v := w.ledger.Judge(rows)
	if stuck != nil {
		v.fault("passes still wait in an outbox")
	}
	if aside > 0 {
		v.fault("%d passes were set aside, because others had their numbers", aside)
	}
	if sound != "ok" {
		v.fault("site.db is not sound: %s", sound)
	}
	return v, rows, w.ledger.Close()
}

// quiet waits until nothing waits in either outbox.
func (w *world) quiet(ctx context.Context) error {
	return w.eventually(ctx, "every pass has its receipt", func() bool {
		for _, p := range []*process{w.hub, w.post} {
			if n, err := outboxLen(ctx, filepath.Join(p.folder, "gate.db")); err != nil || n > 0 {
				return false
			}
		}
		return true
	})
}

// passesInMemory gives how many passes the hub has at hand.
func (w *world) passesInMemory(ctx context.Context) (int, error) {
	api, err := w.program.Connect(w.data)
	if err != nil {
		return 0, err
	}
	defer api.Close()
	res, err := api.Site.GetStatus(ctx, connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		return 0, err
	}
	return int(res.Msg.GetPasses()), nil
}

// close ends everything, and removes the folder where nothing is to be looked at.
func (w *world) close(keep bool) {
	w.load.end()
	w.looks.end()
	for _, p := range []*process{w.post, w.hub} {
		p.kill()
	}
	if !keep {
		_ = os.RemoveAll(w.folder) // a temporary one
	}
}
