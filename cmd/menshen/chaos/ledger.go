package chaos

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"menshen"
)

// Ledger is what the world outside has been told, kept in this process and in a file, never in what is tested.
//
// It knows two things of a pass. That it was *answered*: whoever stood at the reader was let through or refused. A door never
// waits for a disk, so at that moment the pass is only on its way into the outbox. And that it is *acknowledged*: its number
// is committed in the outbox, gate.db, as another process reads it there. SQLite shows a commit to others only after the
// write-ahead log was synced (synchronous=FULL), so from then on neither a crash nor a power cut may take it away. That is the
// moment at which a pass counts: what is acknowledged must be in the pass log at the end, once, under its number.
//
// What is answered and not yet acknowledged when a process dies may be missing, but only as the very last passes of its gate
// in that life: one that is missing before another of the same gate and life that was kept is a loss too.
//
// Safe for concurrent use.
type Ledger struct {
	mu       sync.Mutex
	attempts map[string][]*Attempt // by gate, in the order in which they were made
	acks     map[menshen.PassID]Ack
	last     map[string]uint64 // the highest number of each gate that the outbox has said it gave out
	lives    []*Life
	faults   map[string]bool // of the outbox: a number given out twice, a gate that counts back

	file *os.File
	buf  *bufio.Writer
}

// Attempt is one presentation at a gate.
type Attempt struct {
	Gate      string
	Person    string
	Direction menshen.Direction
	Life      int           // of the process that decides at the gate, in Ledger.lives
	Ahead     time.Duration // of the gate's clock
	Sent      time.Time
	Answered  time.Time // zero where no answer came
	Outcome   menshen.Outcome
}

// Ack is a pass as the outbox had it.
type Ack struct {
	Person    string
	Direction menshen.Direction
	Decided   time.Time
}

// Life is one run of a process.
type Life struct {
	Process string
	Began   time.Time
	Ended   time.Time // zero while it runs
	Killed  bool      // it had no time to put things in order
}

// NewLedger begins a ledger with its file in a folder.
func NewLedger(folder string) (*Ledger, error) {
	f, err := os.OpenFile(filepath.Join(folder, "ledger.txt"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.chaos", "the ledger cannot be written in %s", folder).WithHint("name another folder with --folder").WithCause(err)
	}
	return &Ledger{attempts: map[string][]*Attempt{}, acks: map[menshen.PassID]Ack{}, last: map[string]uint64{}, faults: map[string]bool{}, file: f, buf: bufio.NewWriter(f)}, nil
}

// Begin notes that a process was started, and gives the number of this life.
func (l *Ledger) Begin(process string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lives = append(l.lives, &Life{Process: process, Began: time.Now()})
	fmt.Fprintf(l.buf, "begin %d %s\n", len(l.lives)-1, process)
	return len(l.lives) - 1
}

// End notes that a life is over.
func (l *Ledger) End(life int, killed bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lives[life].Ended, l.lives[life].Killed = time.Now(), killed
	fmt.Fprintf(l.buf, "end %d killed=%v\n", life, killed)
	return l.sync()
}

// Present notes that something is about to be shown to a reader.
func (l *Ledger) Present(a Attempt) *Attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts[a.Gate] = append(l.attempts[a.Gate], &a)
	return &a
}

// Answer notes the answer.
func (l *Ledger) Answer(a *Attempt, d menshen.Decision) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a.Answered, a.Outcome = time.Now(), d.Outcome
	fmt.Fprintf(l.buf, "answered %s %s %s %d %d %s\n", a.Gate, a.Person, a.Direction, a.Sent.UnixNano(), a.Answered.UnixNano(), a.Outcome)
}

// Acknowledge notes passes that the outbox has, and the last numbers that its gates gave out.
func (l *Ledger) Acknowledge(passes map[menshen.PassID]Ack, last map[string]uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, ack := range passes {
		if before, there := l.acks[id]; there {
			if !before.Decided.Equal(ack.Decided) || before.Person != ack.Person || before.Direction != ack.Direction {
				l.faults[fmt.Sprintf("%s was given out twice", id)] = true
			}
			continue
		}
		l.acks[id] = ack
		fmt.Fprintf(l.buf, "kept %s %s %s %d\n", id, ack.Person, ack.Direction, ack.Decided.UnixNano())
	}
	for gate, n := range last {
		if n < l.last[gate] {
			l.faults[fmt.Sprintf("gate %s counts back from %d", gate, l.last[gate])] = true
			continue
		}
		l.last[gate] = n
	}
}

// Counts gives how many presentations were answered and how many passes acknowledged.
func (l *Ledger) Counts() (answered, acknowledged int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, all := range l.attempts {
		for _, a := range all {
			if !a.Answered.IsZero() {
				answered++
			}
		}
	}
	for _, n := range l.last {
		acknowledged += int(n)
	}
	return answered, acknowledged
}

// Acknowledged gives how many passes the outboxes have said that they keep.
func (l *Ledger) Acknowledged() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, last := range l.last {
		n += int(last)
	}
	return n
}

// sync puts the file on the disk. The caller holds the lock.
func (l *Ledger) sync() error {
	if err := l.buf.Flush(); err != nil {
		return err
	}
	return l.file.Sync()
}

// Close puts the file on the disk and closes it.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.sync(); err != nil {
		return err
	}
	return l.file.Close()
}

// Allowed gives how many were let in since a moment by an answer.
func (l *Ledger) Allowed(since time.Time) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, all := range l.attempts {
		for _, a := range all {
			if a.Outcome == menshen.OutcomeAllow && a.Sent.After(since) {
				n++
			}
		}
	}
	return n
}

// AnsweredSince gives how many presentations at some gates were sent after a moment and answered.
func (l *Ledger) AnsweredSince(gates map[string]bool, since time.Time) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for gate := range gates {
		for _, a := range slices.Backward(l.attempts[gate]) {
			if !a.Sent.After(since) {
				break
			}
			if !a.Answered.IsZero() {
				n++
			}
		}
	}
	return n
}

// KeptSince reports whether somebody was let in at a gate since a moment and their pass acknowledged.
func (l *Ledger) KeptSince(gate string, since time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	allowed := map[move]bool{}
	for _, a := range l.attempts[gate] {
		if a.Outcome == menshen.OutcomeAllow && a.Sent.After(since) {
			allowed[move{a.Person, a.Direction}] = true
		}
	}
	for id, ack := range l.acks {
		if id.Gate == gate && ack.Decided.After(since) && allowed[move{ack.Person, ack.Direction}] {
			return true
		}
	}
	return false
}
