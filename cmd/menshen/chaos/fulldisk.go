package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"menshen"
)

func fullDiskScenario() Scenario {
	return Scenario{
		Name:  "fulldisk",
		About: menshen.Text{ZH: "磁盘写满一段时间，腾出空间后须自行恢复", EN: "the disk is full for a while, and all must go on by itself once there is space"},
		Mount: true,
		run:   runFullDisk,
	}
}

const (
	smallDisk     = 192 << 20 // bytes
	recoveryLimit = 30 * time.Second
	fullTimes     = 3
)

// runFullDisk fills the disk of hub and post several times while people come, each time for some seconds. While it is full the
// status must say so and nobody may be let in by card once a pass could not be kept; when there is space again, both must let
// people in and keep their passes within 30 s, without having been started again.
func runFullDisk(ctx context.Context, w *world, r *Report) (err error) {
	if err := syscall.Mount("menshen-chaos", w.data, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", smallDisk)); err != nil {
		return menshen.Errorf(menshen.CodeDenied, "cmd.chaos", "no small disk can be mounted").WithHint("run it as root").WithCause(err)
	}
	defer func() {
		kill([]*process{w.hub, w.post})
		err = errors.Join(err, syscall.Unmount(w.data, syscall.MNT_DETACH))
	}()
	if err := w.open(ctx); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(w.options.Seed, 0x66756c6c))
	var faults []string
	for range w.options.first(fullTimes) {
		if err := pause(ctx, 2*time.Second); err != nil {
			return err
		}
		long := 8*time.Second + time.Duration(rng.IntN(9000))*time.Millisecond
		fill := filepath.Join(w.data, "fill")
		if err := fillDisk(fill); err != nil {
			return err
		}
		full := time.Now()
		if err := w.eventually(ctx, "the status tells of the full disk", func() bool { return w.hub.has(ctx, "disk-low") && w.hub.has(ctx, "records-full") }); err != nil {
			faults = append(faults, "the disk was full, and the status of the hub did not say so")
		}
		if err := pause(ctx, long-time.Since(full)); err != nil {
			return err
		}
		allowed := w.ledger.Allowed(full.Add(5 * time.Second))
		if allowed > 0 {
			faults = append(faults, fmt.Sprintf("%d people were let in while their passes could not be kept", allowed))
		}
		if err := os.Remove(fill); err != nil {
			return err
		}
		freed := time.Now()
		recovered := func() bool {
			for _, gate := range []string{gateID(0), gateID(hubGates)} {
				if !w.ledger.KeptSince(gate, freed) {
					return false
				}
			}
			return !w.hub.has(ctx, "records-full") && !w.hub.has(ctx, "bus-stalled") && !w.post.has(ctx, "records-full") && w.carried(ctx, freed)
		}
		if err := w.eventually(ctx, "all goes on once there is space", recovered); err != nil {
			return err
		}
		took := time.Since(freed)
		r.Done.Fillings++
		r.note("full for %.1f s; %.1f s after there was space people were let in, and their passes were in the pass log", freed.Sub(full).Seconds(), took.Seconds())
		if took > recoveryLimit {
			faults = append(faults, fmt.Sprintf("it took %.0f s to go on after there was space", took.Seconds()))
		}
		for _, p := range []*process{w.hub, w.post} {
			if p.ended() {
				return p.failure()
			}
		}
	}
	r.Verdict, err = w.settle(ctx)
	for _, f := range faults {
		r.Verdict.fault("%s", f)
	}
	return err
}

// fillDisk writes a file until nothing more can be written.
func fillDisk(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err = f.Write(block); err != nil {
			block = block[:len(block)/2] // the last bytes too
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// carried reports whether a pass of the hub and one of the post that were decided after a moment are in the pass log.
func (w *world) carried(ctx context.Context, since time.Time) bool {
	db, err := openFile(filepath.Join(w.data, "site.db"))
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }() // it was only read
	for _, gate := range []string{gateID(0), gateID(hubGates)} {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM passes WHERE gate = ? AND captured > ? AND outcome = 'allow'", gate, since.UnixNano()).Scan(&n); err != nil || n == 0 {
			return false
		}
	}
	return true
}
