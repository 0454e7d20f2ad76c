package sqlite

import (
	"context"
	"errors"
	"sync/atomic"

	"menshen/store"
)

// Site is the database of a site: the registry, the pass log and the audit log. Safe for concurrent use.
type Site struct {
	db      *database
	vault   *vault // nil without a key
	changed chan struct{}
	altered atomic.Uint64 // commits that changed the registry
}

// Open makes or opens the site's database at path (usually site.db) and brings it to the newest schema. A damaged file
// gives CodeCorrupt, a locked one CodeConflict, a full disk CodeExhausted, a file of another kind or of a newer menshen
// CodeInvalid, a file of another user CodeDenied. Of the key: CodeInvalid for one that is not 32 bytes long, CodeDenied for
// another one than the file was begun with.
func Open(ctx context.Context, path string, opts Options) (*Site, error) {
	db, err := openDatabase(ctx, path, siteSchema(), opts)
	if err != nil {
		return nil, err
	}
	v, err := openVault(ctx, db)
	if err == nil {
		err = checkPages(ctx, db)
	}
	if err == nil {
		err = db.growOldTree(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return &Site{db: db, vault: v, changed: make(chan struct{}, 1)}, nil
}

// Close ends all connections. What was acknowledged is on the disk already.
func (s *Site) Close() error { return s.db.close() }

// Counts gives the sizes of the database at one moment.
func (s *Site) Counts(ctx context.Context) (store.Counts, error) {
	var c store.Counts
	err := s.db.reader.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM people WHERE state = 'active'),
		       (SELECT count(*) FROM households), (SELECT count(*) FROM templates),
		       (SELECT count(*) FROM passes), (SELECT count(*) FROM set_aside), (SELECT count(*) FROM audit), (SELECT count(DISTINCT person) FROM templates)`).
		Scan(&c.People, &c.Active, &c.Households, &c.Templates, &c.Passes, &c.SetAside, &c.Audit, &c.Faces)
	return c, fault("sqlite.counts", s.db.path, err)
}
