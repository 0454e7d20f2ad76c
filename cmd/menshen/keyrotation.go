package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/store/sqlite"
)

// nextKeyFile is there while the site's key is changed. Databases may then be under either key.
const nextKeyFile = siteKeyFile + ".next"

func (a *app) keyCommand() *cobra.Command {
	var keep string
	rotate := &cobra.Command{
		Use: "rotate", Short: "Make a new key of the site, seal everything under it, and destroy the old one", Args: cobra.NoArgs,
		Long: `Make a new site.key and seal under it what the old one sealed: the keys of people, and all that is kept under the site's own key; hashes by
which documents and phones are found are made anew. Then the old key is destroyed. Menshen must be stopped. Whatever cuts this off, even the
power: the next start, or this command again, finishes it.

Codes, cards and PINs in people's hands stay good, and so do signatures under checkpoints and certificates. Backups made before can be read
only with the old key: make a new backup at once, and delete those, or keep the old key elsewhere for as long as they are kept (--keep-old).
A post has a key of its own, which this does not change.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.rotateKey(c, keep) },
	}
	rotate.Flags().StringVar(&keep, "keep-old", "", "file to write the old key to, for the backups made before; it must not exist")
	return group("key", "The key of the site", rotate)
}

func (a *app) rotateKey(c *cobra.Command, keep string) (err error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	path := cfg.DataFolder()
	old, err := readSiteKey(filepath.Join(path, siteKeyFile))
	if err != nil {
		return err
	}
	data, err := openDataFolder(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	if keep != "" {
		if err := writeSynced(keep, []byte(hex.EncodeToString(old)+"\n")); err != nil {
			return diskError("cmd.key", keep, err)
		}
	}
	if _, err := rotateSite(c.Context(), data, a.logger(cfg.Log)); err != nil {
		return err
	}
	a.tell("小区密钥已更换，旧密钥已销毁。", "The site has a new key; the old one is destroyed.")
	a.tell("请另行保管新的 site.key，并立即备份：menshen serve 启动后运行 menshen backup。此前的备份只有用旧密钥才能读取。",
		"Keep the new site.key elsewhere, and back up at once: menshen backup, after menshen serve has started. Earlier backups can be read only with the old key.")
	return nil
}

// rotateSite changes the key of a data folder that nobody else uses, or finishes what was begun. It gives the new key.
func rotateSite(ctx context.Context, data *dataFolder, log *slog.Logger) ([]byte, error) {
	const op = "cmd.key"
	old, err := readSiteKey(data.file(siteKeyFile))
	if err != nil {
		return nil, err
	}
	next, err := readSiteKey(data.file(nextKeyFile))
	if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
		return nil, err
	}
	if err != nil {
		next = make([]byte, 32)
		rand.Read(next) // never fails: it ends the process where the system has no randomness
		if err := keepFile(data.file(nextKeyFile), []byte(hex.EncodeToString(next)+"\n")); err != nil {
			return nil, diskError(op, data.path, err)
		}
	}
	seeds, err := signingOf(data.path, old)
	if err != nil {
		return nil, err
	}
	if err := putSigning(data.path, seeds, old, next); err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, data.file(siteFile), sqlite.Options{Log: log, Key: old, NextKey: next})
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	if err := overwriteKey(data.file(siteKeyFile), data.file(nextKeyFile)); err != nil {
		return nil, diskError(op, data.path, err)
	}
	return next, putSigning(data.path, seeds, next)
}

// overwriteKey puts the new key in the place of the old one, whose bytes are overwritten where they were.
func overwriteKey(old, next string) (err error) {
	f, err := os.OpenFile(old, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := os.Rename(next, old); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(old)); err != nil {
		return err
	}
	_, err = f.WriteAt(make([]byte, info.Size()), 0) // no name leads there any more
	return errors.Join(err, f.Sync())
}
