package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/audit"
	"menshen/store/sqlite"
)

// siteFile is the database of the site, in the data folder and in backups.
const siteFile = "site.db"

func (a *app) auditCommand() *cobra.Command {
	var out, public, post string
	var checkpoints []string
	key := &cobra.Command{
		Use: "key", Short: "Print the key that verifies checkpoints of this site's audit log", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.auditKey(c, post)
			if err == nil {
				_, err = fmt.Fprintln(a.out, k.Public())
			}
			return err
		},
	}
	key.Flags().StringVar(&post, "post", "", "of this post's own audit log")
	checkpoint := &cobra.Command{
		Use: "checkpoint", Short: "Check the audit log, and sign how it is now", Args: cobra.NoArgs,
		Long: `Check the audit log and sign its length and the hash over all of it: some lines of text, to be kept where whoever has this machine
cannot change them. What they cover cannot be changed, taken away or moved any more without menshen audit verify finding it. Menshen may run meanwhile.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.signCheckpoint(c, out) },
	}
	checkpoint.Flags().StringVarP(&out, "out", "o", "", "file to write; not given, it is printed")
	verify := &cobra.Command{
		Use: "verify [FILE]", Short: "Find what was changed, taken away or moved in the audit log", Args: cobra.MaximumNArgs(1),
		Long: `Read the whole audit log of FILE (a site.db, a post's copy.db, or one of a backup; the site's own where none is given) and compare it with its
Merkle tree, with the checkpoints in it, and with those that were kept elsewhere. It needs no running Menshen, only the file; without the
site's key beside it, give the line of menshen audit key. Menshen may run meanwhile.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.verifyAudit(c, strings.Join(args, ""), public, checkpoints)
		},
	}
	verify.Flags().StringArrayVar(&checkpoints, "checkpoint", nil, "file of menshen audit checkpoint; may be repeated")
	verify.Flags().StringVar(&public, "key", "", "the line that menshen audit key printed, or a file with it")
	return group("audit", "Prove that the audit log is whole", key, checkpoint, verify)
}

// auditKey reads the key of the site or of a post, and makes none.
func (a *app) auditKey(c *cobra.Command, post string) (audit.Key, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return audit.Key{}, err
	}
	if post == "" {
		return auditKeyIn(cfg.DataFolder())
	}
	if _, err := cfg.Post(post); err != nil {
		return audit.Key{}, err
	}
	return auditKeyIn(cfg.PostFolder(post))
}

func auditKeyIn(folder string) (audit.Key, error) {
	key, err := readSiteKey(filepath.Join(folder, siteKeyFile))
	if err != nil {
		return audit.Key{}, err
	}
	seeds, err := signingOf(folder, key)
	if err != nil {
		return audit.Key{}, err
	}
	return audit.NewKeyOf(seeds.Audit)
}

func (a *app) signCheckpoint(c *cobra.Command, out string) error {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	key, err := auditKeyIn(cfg.DataFolder())
	if err != nil {
		return err
	}
	v, err := audit.NewVerifier(key.Public())
	if err != nil {
		return err
	}
	r, forged, err := verifyAuditFile(c.Context(), filepath.Join(cfg.DataFolder(), siteFile), v, nil)
	if err != nil {
		return err
	}
	if len(r.Findings)+len(forged) > 0 {
		return menshen.Errorf(menshen.CodeCorrupt, "cmd.audit", "the audit log is not whole: nothing is signed").WithHint("run menshen audit verify")
	}
	signed, err := key.Sign(r.Entries, r.Root, time.Now())
	if err != nil {
		return err
	}
	if out == "" {
		_, err = fmt.Fprint(a.out, signed)
		return err
	}
	if err := os.WriteFile(out, []byte(signed), 0o644); err != nil { // it holds nothing about anybody
		return diskError("cmd.audit", out, err)
	}
	a.tell(fmt.Sprintf("已签名：审计日志 %d 条，写入 %s。请保存到别的机器上。", r.Entries, out), fmt.Sprintf("signed: %d entries of the audit log, in %s. Keep it on another machine.", r.Entries, out))
	return nil
}

func (a *app) verifyAudit(c *cobra.Command, file, public string, kept []string) error {
	folder := filepath.Dir(file)
	if file == "" {
		cfg, err := a.loadConfig(c)
		if err != nil {
			return err
		}
		folder = cfg.DataFolder()
		file = filepath.Join(folder, siteFile)
	}
	if _, err := os.Stat(file); err != nil {
		return menshen.Errorf(menshen.CodeNotFound, "cmd.audit", "there is no audit log at %s that can be read", file).WithHint("check the path and its permissions").WithCause(err)
	}
	v, err := auditVerifier(public, folder)
	if err != nil {
		return err
	}
	var signed []string
	for _, path := range kept {
		b, err := os.ReadFile(path)
		if err != nil {
			return menshen.Errorf(menshen.CodeNotFound, "cmd.audit", "there is no checkpoint at %s that can be read", path).WithHint("check the path and its permissions").WithCause(err)
		}
		signed = append(signed, string(b))
	}
	r, forged, err := verifyAuditFile(c.Context(), file, v, signed)
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		fmt.Fprintln(a.out, "✗", a.auditFinding(f))
	}
	for _, err := range forged {
		fmt.Fprintln(a.out, "✗", err)
	}
	if len(r.Findings)+len(forged) > 0 {
		return menshen.Errorf(menshen.CodeCorrupt, "cmd.audit", "the audit log of %s is not as it was written", file).
			WithHint("keep the file as it is, with its checkpoints, for whoever looks into it; compare it with backups")
	}
	a.tell(fmt.Sprintf("审计日志 %d 条，无改动、缺失或移动；%d 个检查点相符。", r.Entries, len(r.Held)), fmt.Sprintf("%d entries of the audit log: none was changed, taken away or moved; %d checkpoints agree.", r.Entries, len(r.Held)))
	if r.Removed > 0 {
		a.tell(fmt.Sprintf("其中最早的 %d 条因到期已删除，其哈希相符。", r.Removed), fmt.Sprintf("The first %d of them were removed because of their age; their hashes agree.", r.Removed))
	}
	covered := uint64(0)
	if len(r.Held) > 0 {
		covered = r.Held[len(r.Held)-1].Size
	}
	if covered < r.Entries {
		a.tell(fmt.Sprintf("最近的 %d 条还没有检查点。", r.Entries-covered), fmt.Sprintf("The latest %d have no checkpoint yet.", r.Entries-covered))
	}
	if len(kept) == 0 {
		a.tell("未给出保存在别处的检查点：能改写整个文件的人也能改写其中的检查点。", "No checkpoint that was kept elsewhere was given: whoever can write the whole file can write the checkpoints in it too.")
	}
	return nil
}

func auditVerifier(public, folder string) (audit.Verifier, error) {
	if public == "" {
		key, err := auditKeyIn(folder)
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			return audit.Verifier{}, menshen.Errorf(menshen.CodeInvalid, "cmd.audit", "the site's key is not beside the file").WithHint("give --key with the line that menshen audit key printed at the site")
		}
		if err != nil {
			return audit.Verifier{}, err
		}
		public = key.Public()
	} else if b, err := os.ReadFile(public); err == nil {
		public = string(b)
	}
	return audit.NewVerifier(public)
}

// verifyAuditFile checks the log of a file against the checkpoints in it and others. forged are those whose signature is not of the
// site; others that cannot be read are an error.
func verifyAuditFile(ctx context.Context, path string, v audit.Verifier, others []string) (r audit.Result, forged []error, err error) {
	log, err := sqlite.OpenAuditLog(ctx, path)
	if err != nil {
		return r, nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	// Leaves and checkpoints first: what is written meanwhile comes after them.
	leaves, err := log.Leaves(ctx)
	if err != nil {
		return r, nil, err
	}
	kept, err := log.Checkpoints(ctx)
	if err != nil {
		return r, nil, err
	}
	var checkpoints []audit.Checkpoint
	for i, signed := range append(kept, others...) {
		c, err := v.Read(signed)
		if err != nil && (i < len(kept) || menshen.ErrorCode(err) == menshen.CodeDenied) {
			forged = append(forged, err)
			continue
		}
		if err != nil {
			return r, nil, err
		}
		checkpoints = append(checkpoints, c)
	}
	gone, err := removedFrom(ctx, log, v, &forged)
	if err != nil {
		return r, nil, err
	}
	r, err = audit.Verify(verifiable(log.Entries(ctx)), leaves, checkpoints, gone)
	return r, forged, err
}

// removedFrom gives what the site signed of entries that were removed because of their age, as far as it did.
func removedFrom(ctx context.Context, log *sqlite.AuditLog, v audit.Verifier, forged *[]error) (gone audit.Removed, err error) {
	notes, err := log.Removals(ctx)
	for _, note := range notes {
		r, err := v.ReadRemoval(note)
		if err != nil {
			*forged = append(*forged, err)
			continue
		}
		gone.Removal = r
	}
	if gone.Size > 0 {
		gone.Leaves = log.Hashes(ctx, gone.Size)
	}
	return gone, err
}

func verifiable(all iter.Seq2[sqlite.VerifiableEntry, error]) iter.Seq2[audit.Entry, error] {
	return func(yield func(audit.Entry, error) bool) {
		for e, err := range all {
			if !yield(audit.Entry(e), err) {
				return
			}
		}
	}
}

// auditFinding says what is wrong with which entries.
func (a *app) auditFinding(f audit.Finding) string {
	zh, en := fmt.Sprintf("第 %d 条", f.First), fmt.Sprintf("entry %d", f.First)
	if f.Last > f.First {
		zh, en = fmt.Sprintf("第 %d 至 %d 条", f.First, f.Last), fmt.Sprintf("entries %d to %d", f.First, f.Last)
	}
	words := map[audit.Fault]menshen.Text{
		audit.FaultChanged:   {ZH: "：内容与写入时不同", EN: ": not as written"},
		audit.FaultMissing:   {ZH: "：缺失", EN: ": gone"},
		audit.FaultCut:       {ZH: "：日志末尾被截去", EN: ": cut from the end"},
		audit.FaultUnhashed:  {ZH: "：没有哈希", EN: ": without a hash"},
		audit.FaultEarly:     {ZH: "：未满三年即被删除", EN: ": removed before three years were over"},
		audit.FaultRewritten: {ZH: "：与签名的检查点不符，其中有改动、插入或移动", EN: ": not what was signed; something in there was changed, put in or moved"},
	}
	return a.either(zh, en) + a.text(words[f.Fault])
}
