package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/erasure"
	"menshen/store/sqlite"
	"menshen/web"
)

// certificatesFile has every erasure certificate of the site, one a line. It names nobody, and it is what keeps somebody erased: when
// older databases are put back, the keys that it names are destroyed again. So a restore leaves the newest one in place.
const certificatesFile = "erasures.jsonl"

// certificates are those of a site. Safe for concurrent use.
type certificates struct {
	path  string
	site  string
	key   erasure.Key
	store *sqlite.Site
	log   *slog.Logger

	mu     sync.Mutex
	issued []issued
}

// issued is a certificate as it was signed.
type issued struct {
	erasure.Certificate

	text []byte
}

// openCertificates reads the certificates, erases again what a backup brought back, and signs what has no certificate yet.
func openCertificates(ctx context.Context, data *dataFolder, site string, store *sqlite.Site, log *slog.Logger) (*certificates, error) {
	siteKey, err := readSiteKey(data.file(siteKeyFile))
	if err != nil {
		return nil, err
	}
	seeds, err := signingOf(data.path, siteKey)
	if err != nil {
		return nil, err
	}
	c := &certificates{path: data.file(certificatesFile), site: site, store: store, log: log}
	if c.key, err = erasure.NewKey(seeds.Erasure); err != nil {
		return nil, err
	}
	if c.issued, err = readCertificates(c.path, log); err != nil {
		return nil, err
	}
	var marks []string
	for _, one := range c.issued {
		if one.Site == site {
			marks = append(marks, one.Keys...)
		}
	}
	again, err := store.EraseAgain(ctx, marks)
	if err != nil {
		return nil, err
	}
	if again > 0 {
		log.WarnContext(ctx, "people who had been erased were in the databases again, as after a restore: their keys are destroyed again", "keys", again)
	}
	if store.KeysAreNew() { // a backup from before people had keys: what was erased since is in it, and no key says so
		for _, one := range c.issued {
			erase := store.RemoveFace
			if one.Scope == erasure.ScopePerson {
				erase = store.RemovePerson
			}
			if err := erase(ctx, one.Person); err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
				return nil, err
			}
		}
	}
	return c, c.issue(ctx)
}

// readCertificates reads a file of certificates; none for no file. A line that is none is said and passed over: a crash may have cut it.
func readCertificates(path string, log *slog.Logger) (all []issued, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, diskError("cmd.certificates", path, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		c, err := erasure.Read(lines.Bytes())
		if err != nil {
			log.Error("a line of the erasure certificates cannot be used", "file", path, "line", n, "error", err)
			continue
		}
		all = append(all, issued{c, bytes.Clone(lines.Bytes())})
	}
	if err := lines.Err(); err != nil {
		return nil, diskError("cmd.certificates", path, err)
	}
	return all, nil
}

// issue signs every erasure that has no certificate. A crash before its end is made good by the next call.
func (c *certificates) issue(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, err := c.store.Erasures(ctx, "")
	if err != nil {
		return err
	}
	for _, e := range all {
		known := slices.ContainsFunc(c.issued, func(i issued) bool { return slices.Equal(i.Keys, e.Keys) })
		if !known {
			behind, err := c.store.BehindBackups(ctx)
			if err != nil {
				return err
			}
			record, err := c.askedFor(ctx, e.Person)
			if err != nil {
				return err
			}
			err = c.sign(erasure.Certificate{
				Site: c.site, Number: int64(len(c.issued)) + 1, Person: e.Person, Scope: string(e.Scope), Erased: erasure.Counts(e.Counts), Keys: e.Keys,
				At: erasure.Stamp(e.At), Issued: erasure.Stamp(time.Now()), Audit: record, Backups: len(behind),
			})
			if err != nil {
				return err
			}
		}
		if err := c.store.SetCertified(ctx, e.Number); err != nil {
			return err
		}
	}
	return nil
}

// askedFor gives the number of the latest entry of the audit log that asked for the erasure of a person, 0 for none.
func (c *certificates) askedFor(ctx context.Context, person string) (number uint64, err error) {
	for _, action := range []string{"consent.refuse", "consent.erase", "person.remove"} {
		entries, numbers, err := c.store.AuditPage(ctx, sqlite.AuditQuestion{Action: action, Subject: person, Limit: 1})
		if err != nil {
			return 0, err
		}
		if len(entries) > 0 && entries[0].Subject == person {
			number = max(number, numbers[0])
		}
	}
	return number, nil
}

// sign appends a certificate to the file; it is on the disk when this returns.
func (c *certificates) sign(one erasure.Certificate) error {
	text, err := c.key.Sign(one)
	if err != nil {
		return err
	}
	if one, err = erasure.Read(text); err != nil {
		return err
	}
	f, err := os.OpenFile(c.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return diskError("cmd.certificates", c.path, err)
	}
	// The first end of line closes what a crash may have left.
	_, err = f.WriteString(strings.Repeat("\n", min(len(c.issued), 1)) + string(text) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close(), syncFolder(filepath.Dir(c.path))); err != nil {
		return diskError("cmd.certificates", c.path, err)
	}
	c.issued = append(c.issued, issued{one, text})
	return nil
}

// Certificates implements web.Certificates.
func (c *certificates) Certificates(ctx context.Context, person string) (all []web.Certificate, err error) {
	if err := c.issue(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.issued {
		if i.Person == person {
			all = append(all, i.seen())
		}
	}
	slices.Reverse(all)
	return all, nil
}

func (i issued) seen() web.Certificate {
	at, _ := time.Parse(time.RFC3339, i.At) // it was checked when it was read
	return web.Certificate{
		Number: i.Number, Scope: i.Scope, At: at, Text: menshen.Text{ZH: i.Text.ZH, EN: i.Text.EN}, Signed: i.text, Fingerprint: erasure.Fingerprint(i.Key),
	}
}
