package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/store/sqlite"
	"menshen/web"
)

const (
	backupsFolder = "backups"     // in the data folder
	backupNote    = "backup.json" // in each backup, written last
	backupPrefix  = "menshen-"
)

// keysFile holds the keys of people, wrapped under the site's key. What of people is in the database cannot be read without them.
var keysFile = sqlite.KeysPath(siteFile)

// backedUp are the files of the data folder that go along with the databases. The site's key does not: who finds both reads
// everything.
var backedUp = []string{signingFile, certificatesFile, "*.nk", tokenFile, tokensFolder + "/*.json", simulationFile, mqttPasswordFile}

// backupContents is what a backup says of itself.
type backupContents struct {
	Made    time.Time         `json:"made"`
	Version string            `json:"version"`
	By      string            `json:"by"`
	People  int               `json:"people"`
	Passes  int               `json:"passes"`
	Files   map[string]backed `json:"files"`
}

type backed struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// backups makes and lists copies of the databases. One is made at a time.
type backups struct{ turn sync.Mutex }

// Backup implements web.Operation.
func (v operationView) Backup(ctx context.Context, folder, by string) (web.Backup, string, error) {
	const op = "cmd.backup"
	if !v.copies.turn.TryLock() {
		return web.Backup{}, "", menshen.Errorf(menshen.CodeConflict, op, "a backup is being made already").WithHint("wait until it is in the list")
	}
	defer v.copies.turn.Unlock()
	if folder == "" {
		folder = v.backupsFolder()
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return web.Backup{}, "", diskError(op, folder, err)
	}
	if folder == v.backupsFolder() {
		if err := removeHalves(folder); err != nil {
			return web.Backup{}, "", diskError(op, folder, err)
		}
	}
	if err := v.roomFor(op, folder); err != nil {
		return web.Backup{}, "", err
	}
	made := time.Now().UTC()
	path := filepath.Join(folder, backupPrefix+made.Format("20060102T150405Z"))
	if err := os.Mkdir(path, 0o700); err != nil {
		return web.Backup{}, "", diskError(op, path, err)
	}
	b, err := v.copyInto(ctx, path, backupContents{Made: made, Version: version(), By: by, Files: map[string]backed{}})
	if err != nil {
		return web.Backup{}, "", errors.Join(err, os.RemoveAll(path)) // half a backup is none
	}
	return b, path, nil
}

// removeHalves takes away what a crash left of backups that were being made. None may be under way.
func removeHalves(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if !e.IsDir() || !strings.HasPrefix(e.Name(), backupPrefix) {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, backupNote)); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// backupsFolder is the usual folder, from the root: it is shown to people.
func (v operationView) backupsFolder() string {
	folder := v.data.file(backupsFolder)
	if whole, err := filepath.Abs(folder); err == nil {
		return whole
	}
	return folder
}

// roomFor refuses to begin what would fill the disk that passes are kept on.
func (v operationView) roomFor(op, folder string) error {
	need := uint64(lowDisk)
	for _, name := range []string{siteFile, "gate.db"} {
		if info, err := os.Stat(v.data.file(name)); err == nil {
			need += uint64(max(info.Size(), 0))
		}
	}
	_, free, err := diskSpace(folder)
	if err == nil && free < need {
		return menshen.Errorf(menshen.CodeExhausted, op, "there is no room for a backup in %s", folder).
			WithHint("free %s there, or name a folder on another disk: menshen backup FOLDER", size(int64(need-free))) //nolint:gosec // of a disk
	}
	return nil
}

// copyInto fills the folder of a backup. The outbox goes first: what leaves it meanwhile is in the other copy.
func (v operationView) copyInto(ctx context.Context, path string, c backupContents) (web.Backup, error) {
	const op = "cmd.backup"
	if err := v.pipeline.outbox.Backup(ctx, filepath.Join(path, "gate.db")); err != nil {
		return web.Backup{}, err
	}
	if err := v.pipeline.store.Backup(ctx, filepath.Join(path, siteFile)); err != nil {
		return web.Backup{}, err
	}
	var err error
	if _, _, err = sqlite.Inspect(ctx, filepath.Join(path, "gate.db")); err != nil {
		return web.Backup{}, err
	}
	if c.People, c.Passes, err = sqlite.Inspect(ctx, filepath.Join(path, siteFile)); err != nil {
		return web.Backup{}, err
	}
	if err := v.copyBeside(path); err != nil {
		return web.Backup{}, diskError(op, path, err)
	}
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(path, file)
		if err == nil {
			c.Files[filepath.ToSlash(name)], err = sumOf(file)
			if name == keysFile { // it changes when somebody is erased
				c.Files[name] = backed{Bytes: c.Files[name].Bytes}
			}
		}
		return err
	})
	if err != nil {
		return web.Backup{}, diskError(op, path, err)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err == nil {
		err = writeSynced(filepath.Join(path, backupNote), text)
	}
	if err != nil {
		return web.Backup{}, diskError(op, path, err)
	}
	return c.seen(path), nil
}

// copyBeside copies the configuration and the small files of the data folder.
func (v operationView) copyBeside(path string) error {
	if err := copyFile(v.file, filepath.Join(path, filepath.Base(v.file))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, pattern := range backedUp {
		files, err := filepath.Glob(strings.NewReplacer("[", `\[`, "*", `\*`, "?", `\?`).Replace(v.data.path) + "/" + pattern)
		if err != nil {
			return err
		}
		for _, from := range files {
			to := filepath.Join(path, strings.TrimPrefix(from, v.data.path))
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				return err
			}
			if err := copyFile(from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeSynced(to, b)
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func sumOf(path string) (backed, error) {
	f, err := os.Open(path)
	if err != nil {
		return backed{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return backed{n, hex.EncodeToString(sum.Sum(nil))}, err
}

// seen is how a backup in a folder looks now: that sizes are as they were is a sign, its sums are for whoever puts it back.
func (c backupContents) seen(path string) web.Backup {
	b := web.Backup{
		Name: filepath.Base(path), Made: c.Made, Version: c.Version, By: c.By,
		People: uint64(max(c.People, 0)), Passes: uint64(max(c.Passes, 0)), Whole: len(c.Files) > 0,
	}
	for name, f := range c.Files {
		b.Bytes += f.Bytes
		info, err := os.Stat(filepath.Join(path, filepath.FromSlash(name)))
		b.Whole = b.Whole && err == nil && info.Size() == f.Bytes
	}
	return b
}

func readBackup(path string) (c backupContents, err error) {
	b, err := os.ReadFile(filepath.Join(path, backupNote))
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	return c, err
}

// Backups implements web.Operation.
func (v operationView) Backups(context.Context) ([]web.Backup, string, error) {
	folder := v.backupsFolder()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, folder, diskError("cmd.backup", folder, err)
	}
	var all []web.Backup
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if c, err := readBackup(path); err == nil { // else it is being made, or no backup
			all = append(all, c.seen(path))
		}
	}
	slices.SortFunc(all, func(a, b web.Backup) int { return b.Made.Compare(a.Made) })
	return all, folder, nil
}

func (a *app) backupCommand() *cobra.Command {
	var check string
	c := &cobra.Command{
		Use: "backup [FOLDER]", Short: "Copy the databases while Menshen runs, and check the copies", Args: cobra.MaximumNArgs(1),
		Long: `Copy the databases of a running Menshen, its configuration and its tokens into a new folder in FOLDER, or in the folder "backups" of
the data folder. The copies are checked before the backup counts. The file site.key is not in it: keep that elsewhere, once.
With --check, read a backup and compare it with its checksums instead; that needs no running Menshen.`,
		RunE: func(c *cobra.Command, args []string) error {
			if check != "" {
				return a.checkBackup(c.Context(), check)
			}
			return a.makeBackup(c, strings.Join(args, ""))
		},
	}
	c.Flags().StringVar(&check, "check", "", "folder of a backup to read and compare, without making one")
	return c
}

func (a *app) makeBackup(c *cobra.Command, folder string) error {
	if folder != "" {
		whole, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		folder = whole
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Operation.MakeBackup(c.Context(), connect.NewRequest(&menshenv1.MakeBackupRequest{Folder: folder}))
	if err != nil {
		return err
	}
	b := res.Msg.GetBackup()
	a.tell(fmt.Sprintf("已备份到 %s（%s，%d 人，%d 条通行记录）。", res.Msg.GetPath(), size(b.GetBytes()), b.GetPeople(), b.GetPasses()),
		fmt.Sprintf("backed up to %s (%s, %d people, %d passes)", res.Msg.GetPath(), size(b.GetBytes()), b.GetPeople(), b.GetPasses()))
	a.tell("备份中没有 site.key，请另行保管。", "It does not hold site.key: keep that elsewhere.")
	return nil
}

// checkBackup reads a backup as whoever wants to put it back would.
func (a *app) checkBackup(ctx context.Context, path string) error {
	const op = "cmd.backup"
	c, err := readBackup(path)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s is no whole backup", path).WithHint("name a folder that menshen backup made, such as backups/menshen-20260315T080000Z").WithCause(err)
	}
	for name, want := range c.Files {
		got, err := sumOf(filepath.Join(path, filepath.FromSlash(name)))
		if want.SHA256 == "" {
			got.SHA256 = ""
		}
		if err != nil || got != want {
			return menshen.Errorf(menshen.CodeCorrupt, op, "%s in the backup is missing or not as it was", name).WithHint("use another backup").WithCause(err)
		}
	}
	for _, name := range []string{"gate.db", siteFile, keysFile} {
		if _, err := os.Stat(filepath.Join(path, name)); name == keysFile && errors.Is(err, fs.ErrNotExist) {
			continue // of a version before people had keys
		}
		if _, _, err := sqlite.Inspect(ctx, filepath.Join(path, name)); err != nil {
			return err
		}
	}
	a.tell(fmt.Sprintf("备份完好：%d 人，%d 条通行记录。", c.People, c.Passes), fmt.Sprintf("the backup is whole: %d people, %d passes", c.People, c.Passes))
	return nil
}
