package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"menshen"
	"menshen/access/credential"
	"menshen/store/sqlite"
)

// siteKeyFile holds the key under which personal columns of the databases are encrypted. Without it they cannot be read: it
// belongs into every backup, and not beside the backup of the databases.
const siteKeyFile = "site.key"

// siteKey gives the key of a data folder, and makes it where there is none.
func siteKey(data *dataFolder) ([]byte, error) {
	path := data.file(siteKeyFile)
	key, err := readSiteKey(path)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return newSiteKey(path)
	}
	return key, err
}

// siteKeyInUse is siteKey of a hub, which finishes first what was cut off of a change of the key.
func siteKeyInUse(ctx context.Context, data *dataFolder, log *slog.Logger) ([]byte, error) {
	if _, err := os.Stat(data.file(nextKeyFile)); errors.Is(err, fs.ErrNotExist) {
		return siteKey(data)
	}
	log.InfoContext(ctx, "the change of the site's key was cut off: finishing it")
	return rotateSite(ctx, data, log)
}

// readSiteKey reads the key that is there. CodeNotFound for none.
func readSiteKey(path string) ([]byte, error) {
	const op = "cmd.site_key"
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no file %s", path).
			WithHint("start menshen serve once, or name the configuration of the site with --config")
	}
	if err != nil {
		return nil, diskError(op, path, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != 32 {
		return nil, menshen.Errorf(menshen.CodeCorrupt, op, "the file %s holds no key", path).
			WithHint("put the file of the latest backup in its place: without it phone and document numbers cannot be read").WithCause(err)
	}
	return key, nil
}

func newSiteKey(path string) ([]byte, error) {
	const op = "cmd.site_key"
	key := make([]byte, 32)
	rand.Read(key) // never fails: it ends the process where the system has no randomness
	if err := keepFile(path, []byte(hex.EncodeToString(key)+"\n")); err != nil {
		return nil, diskError(op, path, err)
	}
	return key, nil
}

// openCredentials gives what makes the site's codes and numbers, with keys that are made once.
func openCredentials(ctx context.Context, store *sqlite.Site, site string) (*credential.Site, error) {
	setting, err := store.SiteSetting(ctx)
	if err != nil {
		return nil, err
	}
	seed, err := store.PermitSeed(ctx)
	if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
		return nil, err
	}
	if err != nil || len(setting.NumberKey) == 0 {
		seed, setting.NumberKey = make([]byte, 32), make([]byte, 32)
		rand.Read(seed)
		rand.Read(setting.NumberKey)
		if err := store.SetPermitSeed(ctx, seed); err != nil {
			return nil, err
		}
	}
	made, err := credential.NewSite(site, seed, setting.NumberKey)
	if err != nil || len(setting.PermitKey) > 0 && string(setting.PermitKey) == string(made.PermitKey()) {
		return made, err
	}
	setting.PermitKey = made.PermitKey()
	if setting.Mode == "" {
		setting.Mode = menshen.ModeNormal
	}
	return made, store.SetSite(ctx, setting)
}
