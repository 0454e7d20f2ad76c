package chaos

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"menshen"
)

func damageScenario() Scenario {
	return Scenario{
		Name:  "damage",
		About: menshen.Text{ZH: "停机期间文件被破坏：翻转的位、截断的尾部", EN: "flipped bits and cut tails in the files of bus and databases, between a stop and a start"},
		run:   runDamage,
	}
}

// harm is one file that is damaged, and what must follow.
type harm struct {
	name  string
	glob  string // below the hub's data folder; each file is damaged
	how   string // flipped or cut
	kill  bool   // before: a write-ahead log is left only by a crash
	fatal bool   // the hub must refuse to start, name the file and say what to do, which is then done
}

// harms gives what is done. The files of SQLite have checks for the structure of a page; those of the write-ahead log have a sum
// for each frame: what is behind a wrong one was never written, for SQLite, so that the stream of passes must bring it again. The
// stream is damaged last: where it and the pass log are damaged at a time, what is in neither any more is gone.
func harms() []harm {
	return []harm{
		{name: "log of site.db", glob: "site.db-wal", kill: true},
		{name: "log of gate.db", glob: "gate.db-wal", kill: true},
		{name: "gate.db", glob: "gate.db", fatal: true},
		{name: "site.db", glob: "site.db", fatal: true},
		{name: "messages of the bus", glob: "nats/jetstream/*/streams/*/msgs/*.blk"},
		{name: "state of a consumer", glob: "nats/jetstream/*/streams/*/obs/*/o.dat"},
		{name: "description of the stream", glob: "nats/jetstream/*/streams/*/meta.inf"},
	}
}

// harms gives what is done in this order, each file flipped and cut. Where it is not all of it, chance takes some out of it and the
// order stays.
func (o Options) harms(rng *rand.Rand) (all []harm) {
	for _, h := range harms() {
		for _, how := range []string{"flipped", "cut"} {
			h.how = how
			all = append(all, h)
		}
	}
	for len(all) > o.first(len(all)) {
		at := rng.IntN(len(all))
		all = slices.Delete(all, at, at+1)
	}
	return all
}

// runDamage damages one kind of file after the other while the hub is down. What JetStream cannot use must be
// set aside, with a condition; a damaged database must keep the hub from starting, with a hint; a backup is then put back as the
// hint says. In the end every pass must be there.
func runDamage(ctx context.Context, w *world, r *Report) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(w.options.Seed, 0x68617261))
	var faults []string
	for _, h := range w.options.harms(rng) {
		fault, err := w.suffer(ctx, h, rng, r)
		if err != nil {
			return err
		}
		if fault != "" {
			faults = append(faults, fmt.Sprintf("%s, %s: %s", h.name, h.how, fault))
		}
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	v, err := w.settle(ctx)
	r.Verdict = v
	for _, f := range faults {
		r.Verdict.fault("%s", f)
		r.note("wrong: %s", f)
	}
	return err
}

// backup makes a backup while people come, and gives its folder.
func (w *world) backup(ctx context.Context) (string, error) {
	folder := filepath.Join(w.folder, "backup")
	if code, said := w.exit(ctx, "backup", folder); code != 0 {
		return "", menshen.Errorf(menshen.CodeInternal, "cmd.chaos", "no backup can be made: %s", strings.TrimSpace(said))
	}
	copies, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(copies) == 0 {
		return "", errors.Join(err, menshen.Errorf(menshen.CodeInternal, "cmd.chaos", "no backup can be made: %s", folder))
	}
	return copies[len(copies)-1], nil // they are named by their time
}

// suffer does one harm. It gives what was not as it must be, "" where all was.
func (w *world) suffer(ctx context.Context, h harm, rng *rand.Rand, r *Report) (fault string, err error) {
	backup := ""
	if h.fatal { // what comes after the backup is in the stream; two damages at a time are too many
		if backup, err = w.backup(ctx); err != nil {
			return "", err
		}
	}
	if err := pause(ctx, time.Second); err != nil {
		return "", err
	}
	// What only the outbox has would be lost with it: nobody comes until all is receipted.
	goOn := w.load.pause()
	defer goOn()
	if err := w.quiet(ctx); err != nil {
		return "", err
	}
	if h.kill {
		w.hub.kill()
		r.killed(w.hub.name)
	} else {
		w.hub.unwatch() // whoever has a database open keeps its log from being moved into it
		w.hub.stop()
	}
	damaged, err := damage(filepath.Join(w.data, filepath.FromSlash(h.glob)), h.how, rng)
	if err != nil {
		return "", err
	}
	if damaged == 0 {
		r.note("%s, %s: there was no such file", h.name, h.how)
		return "", w.hub.start(ctx)
	}
	r.Done.Damages++
	w.hub.lookAway()
	if err := w.hub.begin(); err != nil {
		return "", err
	}
	if err = w.hub.ready(ctx); err == nil {
		w.hub.watch()
	}
	switch {
	case err == nil && h.fatal:
		return "the hub started with it", nil
	case err == nil:
		told := "taken up without a word to people: the stream and the outboxes had it all"
		if w.hub.has(ctx, "bus-store-set-aside") {
			told = "set aside, and the status says so"
			r.Done.SetAside++
		}
		r.note("%s, %s: %s", h.name, h.how, told)
	case !w.hub.ended():
		return "", err
	default:
		said := w.hub.said()
		w.hub.kill() // it has ended; this puts it down
		if !h.fatal {
			return "the hub did not start", errors.Join(w.hub.failure(), errors.New(said))
		}
		if !strings.Contains(said, h.name) || !strings.Contains(said, "→") {
			return "the hub did not start, and did not say what to do: " + said, w.restore(ctx, backup, h.glob)
		}
		r.Done.Refused++
		r.note("%s, %s: refused, with a hint; the backup was put in its place", h.name, h.how)
		return "", w.restore(ctx, backup, h.glob)
	}
	return "", nil
}

// restore puts a database back from a backup, beside the other and the store of the bus, and starts the hub.
func (w *world) restore(ctx context.Context, backup, name string) error {
	b, err := os.ReadFile(filepath.Join(backup, name))
	if err != nil {
		return err
	}
	for _, rest := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(w.data, name+rest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(w.data, name), b, 0o600); err != nil {
		return err
	}
	w.hub.lookAway()
	if err := w.hub.start(ctx); err != nil {
		return err
	}
	w.hub.watch()
	return nil
}

// damage damages the files of a pattern: some hundred bits are flipped all over, or the last third is cut off. It gives how many
// files there were.
func damage(pattern, how string, rng *rand.Rand) (n int, err error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return n, err
		}
		if len(b) < 2 {
			continue
		}
		n++
		if how == "cut" {
			err = os.Truncate(path, int64(len(b)-len(b)/3))
		} else {
			for at := 0; at < len(b); at += 512 { // every sector
				b[at+rng.IntN(min(16, len(b)-at))] ^= 1 << rng.IntN(8)
			}
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
