package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/audit"
	"menshen/config"
	"menshen/reach"
	"menshen/web"
)

// checkpointEvery is how often hub and posts sign how their audit logs are.
const checkpointEvery = time.Hour

// checkpointer signs how an audit log is, the hub's or a post's, and sends that to where nobody who has this machine can change it.
type checkpointer struct {
	dispatch

	name string // of whose log it is, in names of files
	keys string // folder with the key that signs
	log  *slog.Logger
	cfg  config.Config
	tree interface {
		AuditTree(ctx context.Context) (size uint64, root [32]byte, err error)
		PutAuditCheckpoint(ctx context.Context, size uint64, note string) error
	}
}

// dispatch remembers how the last checkpoint went to where it is sent. Safe for concurrent use.
type dispatch struct {
	mu      sync.Mutex
	sent    time.Time // the last that went everywhere
	failing time.Time // since when the last did not; zero for none
	problem error
}

func (d *dispatch) done(at time.Time, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.problem = err
	switch {
	case err == nil:
		d.sent, d.failing = at, time.Time{}
	case d.failing.IsZero():
		d.failing = at
	}
}

func (d *dispatch) conditions() []menshen.Condition {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.problem == nil {
		return nil
	}
	message, _ := menshen.ErrorMessage(d.problem)
	return []menshen.Condition{{
		ID: "checkpoints-not-sent", Severity: menshen.SeverityWarning, Since: d.failing, Detail: message,
		Meaning: menshen.Text{ZH: "审计日志的检查点未能送到别处：此后的改动将无从对证", EN: "checkpoints of the audit log do not reach the place where they are kept: what is changed from now on could go unseen"},
		Action:  menshen.Text{ZH: "检查 audit.checkpoints 中的文件夹或地址；每小时自动重试。也可由审计员在页面上导出检查点", EN: "see to the folder or the address in audit.checkpoints; it is tried again every hour. The auditor can also take a checkpoint away from the page"},
	}}
}

// Run keeps checkpoints of the audit log until ctx ends, and one then.
func (k *checkpointer) Run(ctx context.Context) error {
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for {
		if signed, c, err := k.sign(context.WithoutCancel(ctx)); err != nil {
			k.log.Error("the audit log could not be signed", "error", err)
		} else {
			k.send(context.WithoutCancel(ctx), signed, c)
		}
		if ctx.Err() != nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// sign keeps a checkpoint of the audit log as it is now.
func (k *checkpointer) sign(ctx context.Context) (signed string, c audit.Checkpoint, err error) {
	key, err := auditKeyIn(k.keys)
	if err != nil {
		return "", c, err
	}
	c.At = time.Now()
	if c.Size, c.Root, err = k.tree.AuditTree(ctx); err != nil {
		return "", c, err
	}
	if signed, err = key.Sign(c.Size, c.Root, c.At); err != nil {
		return "", c, err
	}
	return signed, c, k.tree.PutAuditCheckpoint(ctx, c.Size, signed)
}

func (k *checkpointer) send(ctx context.Context, signed string, c audit.Checkpoint) {
	if len(destinations(k.cfg)) == 0 {
		return
	}
	err := errors.Join(fileCheckpoint(k.cfg.CheckpointFolder(), k.name, signed, c.Size), postCheckpoint(ctx, k.cfg.Audit.Checkpoints.URL, signed))
	if err != nil {
		k.log.Error("a checkpoint of the audit log could not be sent", "error", err)
	}
	k.done(c.At, err)
}

// destinations are where checkpoints go, as people may read it: an address without what may be secret in it.
func destinations(c config.Config) (all []string) {
	if folder := c.CheckpointFolder(); folder != "" {
		all = append(all, folder)
	}
	if address, _, _ := strings.Cut(c.Audit.Checkpoints.URL, "?"); address != "" {
		all = append(all, address)
	}
	return all
}

// fileCheckpoint writes a checkpoint into a folder that must be there: one that is not mounted is not made. What is there stays.
func fileCheckpoint(folder, name, signed string, size uint64) error {
	const op = "cmd.checkpoint"
	if folder == "" {
		return nil
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the folder %s for checkpoints is not there", folder).WithHint("mount it, or correct audit.checkpoints.folder").WithCause(err)
	}
	path := filepath.Join(folder, fmt.Sprintf("menshen-%s-%012d.checkpoint", name, size))
	if _, err := os.Stat(path); err == nil {
		return nil // nothing was appended since
	}
	if err := keepFile(path, []byte(signed)); err != nil {
		return diskError(op, path, err)
	}
	return nil
}

// sendLimit is how long a receiver of checkpoints has.
const sendLimit = 20 * time.Second

// postCheckpoint posts a checkpoint as text. It follows no redirection: who set the address named where it goes.
func postCheckpoint(ctx context.Context, address, signed string) error {
	const op = "cmd.checkpoint"
	if address == "" {
		return nil
	}
	failed := func(cause error) error {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the receiver of checkpoints did not take one").
			WithHint("see to it, or correct audit.checkpoints.url").WithCause(cause)
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(signed))
	if err != nil {
		return failed(err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	t := reach.Transport(address)
	defer t.CloseIdleConnections()
	client := &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return failed(fmt.Errorf("status %d", res.StatusCode))
	}
	return nil
}

// Checkpoint implements web.AuditLog. What was signed before must still be what the log has.
func (l auditLog) Checkpoint(ctx context.Context) (web.Checkpoint, error) {
	key, err := auditKeyIn(l.data.path)
	if err != nil {
		return web.Checkpoint{}, err
	}
	v, err := audit.NewVerifier(key.Public())
	if err != nil {
		return web.Checkpoint{}, err
	}
	before, err := l.pipeline.store.AuditCheckpoint(ctx)
	if err != nil {
		return web.Checkpoint{}, err
	}
	verified := true
	if before != "" {
		c, err := v.Read(before)
		if verified = err == nil; verified {
			root, err := l.pipeline.store.AuditTreeAt(ctx, c.Size)
			verified = err == nil && root == c.Root
		}
	}
	out := web.Checkpoint{Note: before, Key: key.Public(), Verified: verified, SentTo: destinations(l.cfg)}
	if verified { // what was forged is not signed anew
		signed, c, err := l.checkpoints.sign(ctx)
		if err != nil {
			return web.Checkpoint{}, err
		}
		out.Note, out.Size, out.At = signed, c.Size, c.At
	}
	if out.Removed, err = l.pipeline.store.RemovedAudit(ctx); err != nil {
		return web.Checkpoint{}, err
	}
	sent := &l.checkpoints.dispatch
	sent.mu.Lock()
	defer sent.mu.Unlock()
	out.SentAt = sent.sent
	if sent.problem != nil {
		message, hint := menshen.ErrorMessage(sent.problem)
		out.Problem = strings.Trim(message+"; "+hint, "; ")
	}
	return out, nil
}
