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
	vault   *vault   // nil without a key
	ring    *keyring // nil without a key
	keyless bool     // never had a key: names, templates and photographs are plain
	changed chan struct{}
	altered atomic.Uint64 // commits that changed the registry
}

// Open makes or opens the site's database at path (usually site.db) and brings it to the newest schema. A damaged file
// gives CodeCorrupt, a locked one CodeConflict, a full disk CodeExhausted, a file of another kind or of a newer menshen
// CodeInvalid, a file of another user CodeDenied. Of the key: CodeInvalid for one that is not 32 bytes long, CodeDenied for
// another one than the file was begun with. The keys of people are in a file beside it (KeysPath): CodeMissing where that is gone.
func Open(ctx context.Context, path string, opts Options) (*Site, error) {
	opts.names = &nameReader{}
	db, err := openDatabase(ctx, path, siteSchema(), opts)
	if err != nil {
		return nil, err
	}
	s := &Site{db: db, changed: make(chan struct{}, 1)}
	opts.names.site = s
	steps := []func(context.Context) error{
		s.openKeys, s.sealPlain, func(ctx context.Context) error { return checkPages(ctx, db) }, db.growOldTree, s.sweep,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// openKeys opens the vault and the keys of people.
func (s *Site) openKeys(ctx context.Context) (err error) {
	if len(s.db.opts.NextKey) > 0 {
		if err := rotate(ctx, s.db); err != nil {
			return err
		}
		s.db.opts.Key, s.db.opts.NextKey = s.db.opts.NextKey, nil
	}
	if s.vault, err = openVault(ctx, s.db); err != nil {
		return err
	}
	if s.vault != nil {
		s.ring, err = openKeyring(ctx, s.db)
		return err
	}
	var proofs int
	err = s.db.writer.QueryRowContext(ctx, "SELECT count(*) FROM seal").Scan(&proofs)
	s.keyless = proofs == 0
	return fault("sqlite.key", s.db.path, err)
}

// Close ends all connections. What was acknowledged is on the disk already.
func (s *Site) Close() error {
	if s.ring == nil {
		return s.db.close()
	}
	return errors.Join(s.db.close(), s.ring.db.close())
}

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
