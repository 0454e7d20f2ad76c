package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/config"
	"menshen/models"
)

func (a *app) modelsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "models", Short: "List, verify and fetch the neural networks", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "Every network: what it is, its licence, and whether it is there", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listModels(c) },
	}
	verify := &cobra.Command{
		Use: "verify [ID…]", Short: "Compare what is there with the checksums",
		RunE: func(c *cobra.Command, args []string) error { return a.verifyModels(c, args) },
	}
	var from string
	var offline, bestEffort bool
	fetch := &cobra.Command{
		Use: "fetch [ID…]", Short: "Put networks in place: from a folder, else from their official address",
		Long: `Put networks in place. What is there stays; else a copy is taken from --from or ../shared/models; else the official
address is asked, going on where an earlier download was cut off. Nothing is used before its checksum is right.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(c)
			if err != nil {
				return err
			}
			if bestEffort && (len(args) > 0 || from != "" || offline) {
				return menshen.Errorf(menshen.CodeInvalid, "cmd.models", "--best-effort chooses by itself what to fetch, and from where").
					WithHint("leave out ids, --from and --offline, or --best-effort")
			}
			if bestEffort {
				return a.fetchForRun(c.Context(), cfg)
			}
			return a.fetchModels(c.Context(), cfg, models.FetchOptions{From: from, Offline: offline, Only: args})
		},
	}
	fetch.Flags().StringVar(&from, "from", "", "a folder to look in first")
	fetch.Flags().BoolVar(&offline, "offline", false, "never use the network")
	fetch.Flags().BoolVar(&bestEffort, "best-effort", false, "what the configured engine needs, with one short try; exit with 0 also where something is missing")
	c.AddCommand(list, verify, fetch)
	return c
}

func (a *app) listModels(c *cobra.Command) error {
	store, err := a.modelStore(c)
	if err != nil {
		return err
	}
	all, err := store.List(c.Context())
	if err != nil {
		return err
	}
	states := map[models.State]menshen.Text{
		models.Present: {ZH: "就绪", EN: "present"}, models.Missing: {ZH: "缺少", EN: "missing"},
		models.Altered: {ZH: "已被改动", EN: "altered"}, models.Unlisted: {ZH: "不在清单", EN: "unlisted"},
	}
	t := newTable("id", a.text(menshen.Text{ZH: "状态", EN: "state"}), a.text(menshen.Text{ZH: "用途", EN: "use"}),
		a.text(menshen.Text{ZH: "大小", EN: "size"}), a.text(menshen.Text{ZH: "许可", EN: "licence"}), a.text(menshen.Text{ZH: "说明", EN: "what"}))
	for _, s := range all {
		if s.State == models.Unlisted {
			t.add(s.Path, a.text(states[s.State]))
			continue
		}
		use := menshen.Text{ZH: "正式", EN: "production"}
		if s.File.Use == models.EvaluationOnly {
			use = menshen.Text{ZH: "仅评测", EN: "evaluation only"}
		}
		t.add(s.File.ID, a.text(states[s.State]), a.text(use), fmt.Sprintf("%.1f MB", float64(s.File.Size)/1e6), s.File.Licence, a.text(s.File.What))
	}
	t.print(a.out)
	return nil
}

func (a *app) verifyModels(c *cobra.Command, ids []string) error {
	store, err := a.modelStore(c)
	if err != nil {
		return err
	}
	if err := store.Verify(c.Context(), ids...); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "模型文件完好。", EN: "The networks that are there are what they should be."}))
	return err
}

func (a *app) modelStore(c *cobra.Command) (*models.Store, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return nil, err
	}
	return openModels(cfg.ModelsFolder())
}

func (a *app) fetchModels(ctx context.Context, cfg config.Config, o models.FetchOptions) error {
	store, err := openModels(cfg.ModelsFolder())
	if err != nil {
		return err
	}
	o.Progress = &fetchProgress{app: a}
	done, err := store.Fetch(ctx, o)
	fetched := 0
	for _, f := range done {
		if f.Source != models.FromStore {
			fetched++
		}
	}
	if len(done) == 0 {
		return err
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("就绪 %d 个模型文件，其中新取 %d 个，位于 %s", len(done), fetched, store.Folder()),
		EN: fmt.Sprintf("%d networks in place, %d of them new, in %s", len(done), fetched, store.Folder()),
	}))
	return err
}

// fetchForRun is what `make run` and `make test` do: take what is near, try the official address of what the configured
// engine needs once, and let `menshen serve` say what is still missing.
func (a *app) fetchForRun(ctx context.Context, cfg config.Config) error {
	if err := a.fetchModels(ctx, cfg, models.FetchOptions{Offline: true}); ctx.Err() != nil {
		return err
	}
	store, err := openModels(cfg.ModelsFolder())
	if err != nil {
		return err
	}
	var wanted []string
	for _, f := range store.Manifest().ForEngine(cfg.Engine.Name) {
		if f.Use == models.Production {
			if _, _, err := store.Locate(f.ID); err != nil {
				wanted = append(wanted, f.ID)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext, Proxy: http.ProxyFromEnvironment}
	defer transport.CloseIdleConnections()
	err = a.fetchModels(ctx, cfg, models.FetchOptions{Only: wanted, Client: &http.Client{Transport: transport}, Attempts: 1})
	if err != nil && ctx.Err() == nil {
		message, hint := menshen.ErrorMessage(err)
		fmt.Fprintf(a.err, "menshen: %s\n→ %s\n", a.said(message), a.said(hint))
		return nil
	}
	return err
}

// fetchProgress draws a bar on a terminal and a line elsewhere.
type fetchProgress struct {
	app  *app
	file models.File
	bar  *progressbar.ProgressBar
}

// Start implements models.Progress.
func (p *fetchProgress) Start(f models.File, total int64) {
	p.file, p.bar = f, nil
	if isTerminal(p.app.err) {
		p.bar = bar(p.app.err, total, f.Name)
	}
}

// Add implements models.Progress.
func (p *fetchProgress) Add(n int64) {
	if p.bar != nil {
		_ = p.bar.Add64(n)
	}
}

// Done implements models.Progress.
func (p *fetchProgress) Done(err error) {
	if p.bar != nil {
		_ = p.bar.Close()
		fmt.Fprintln(p.app.err)
	} else if err == nil {
		fmt.Fprintf(p.app.err, "%s\n", p.file.Name)
	}
}

// bar is the one look of progress in bytes.
func bar(w io.Writer, total int64, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
}
