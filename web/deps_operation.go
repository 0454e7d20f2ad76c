package web

import (
	"context"
	"time"

	"menshen"
)

// Operation tells how Menshen itself runs, and backs its databases up. Safe for concurrent use.
type Operation interface {
	Networks(ctx context.Context) (NetworkSetup, error)
	BusState(ctx context.Context) (BusState, error)
	Storage(ctx context.Context) (Storage, error)
	Retention(ctx context.Context) ([]RetentionRule, error)
	// Age removes what is over its time; clockRight says that somebody is sure of the clock. dryRun only tells what is due.
	Age(ctx context.Context, by string, dryRun, clockRight bool) ([]RetentionRule, error)
	// Assessment gives what an impact assessment asks of the site as it runs.
	Assessment(ctx context.Context) (Pack, error)
	// Backups gives those of the usual folder, newest first.
	Backups(ctx context.Context) (all []Backup, folder string, err error)
	// Backup copies the databases into a new folder in a folder, "" for the usual one, and checks the copies.
	Backup(ctx context.Context, folder, by string) (b Backup, path string, err error)
}

// NetworkSetup is the networks that Menshen knows, compared with their checksums.
type NetworkSetup struct {
	Engine, Folder string
	Networks       []Network
}

// Network is one of them.
type Network struct {
	ID, Name, State string // of one that is in no list: the name alone
	What            menshen.Text
	Uses            [][2]string // engine and role
	Licence, Source string
	SHA256          string // of what is there
	EvaluationOnly  bool
	Bytes           int64
	InUse           bool
}

// BusState is how the message bus runs.
type BusState struct {
	Address, Version  string
	Started           time.Time
	Connections       int
	BytesIn, BytesOut int64
	SlowConsumers     int64
	Streams           []BusStream
	Consumers         []BusConsumer
	Outbox            uint64 // passes without a receipt
}

// BusStream is a stream of the bus.
type BusStream struct {
	Name                      string
	Messages, Bytes, MaxBytes uint64
	MaxAge                    time.Duration
	First, Last               time.Time
}

// BusConsumer is who reads a stream.
type BusConsumer struct {
	Stream, Name                         string
	Pending, Unacknowledged, Redelivered uint64
}

// Storage is what lies on the disk.
type Storage struct {
	Folder               string
	Files                []StoredFile
	Disk, Free           uint64 // bytes
	WarnBelow, StopBelow uint64 // bytes free
}

// StoredFile is a file, or all of one kind.
type StoredFile struct {
	Name  string
	What  menshen.Text
	Bytes int64
}

// Pack is a report to print and to keep.
type Pack struct {
	Name       string // of a file, without its ending
	HTML, JSON []byte
}

// RetentionRule says how long something is kept.
type RetentionRule struct {
	ID            string
	What, HowLong menshen.Text
	Key           string // of the configuration
	Counted       bool
	Kept, Due     uint64    // if counted
	Looked        time.Time // when it was last looked through; zero for what does not age by a look
	Removed       uint64    // then
	Total         uint64    // ever
}

// Backup is a copy of the databases.
type Backup struct {
	Name           string
	Made           time.Time
	Bytes          int64
	Version, By    string
	People, Passes uint64
	Whole          bool // its files are there as they were checked
}
