package sqlite

import (
	"log/slog"
	"time"
)

// Options tune a database; the zero value is right for production.
type Options struct {
	Log         *slog.Logger  // nil is silent
	BusyTimeout time.Duration // how long a locked file is waited for; 5 s if 0, whole milliseconds
	Readers     int           // reading connections at most; 8 if 0
	MaxBytes    int64         // the file may not grow beyond this, rounded down to pages; no limit if 0
	CheckLimit  int64         // a larger file is not checked page by page when it is opened; 2 GiB if 0, every file if negative
	Reserve     int64         // outbox: appending stops when the disk has fewer free bytes; 64 MiB if 0, no reserve if negative
	PageRows    int           // site: rows on a page of passes; 65,536 if 0, which is the most
	MaxBatch    int           // outbox: a commit with so many passes takes no more in; 1024 if 0

	// Key is the secret, 32 bytes, under which personal columns and the keys of people are encrypted. It must not be kept beside the
	// database. Without it (nil, or all zero) all else works; what needs it gives CodeInvalid. Names, templates and photographs
	// of a database that never had a key stay plain until the first key comes.
	Key []byte
	// NextKey, if any, takes the place of Key while a site's database is opened: all is sealed anew. The file may be under either
	// of them, as a crash in between leaves it.
	NextKey []byte
	Now     func() time.Time // for what the database does by itself, such as revoking at a removal; time.Now if nil

	names *nameReader // what the SQL functions ask that open something; nil where there is none
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.Readers <= 0 {
		o.Readers = 8
	}
	if o.CheckLimit == 0 {
		o.CheckLimit = 2 << 30
	}
	if o.Reserve == 0 {
		o.Reserve = 64 << 20
	}
	if o.PageRows <= 0 || o.PageRows > maxPageRows {
		o.PageRows = maxPageRows
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = 1024
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
