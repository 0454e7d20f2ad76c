package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/access/roll"
	"menshen/bus"
	"menshen/certificate"
	"menshen/config"
	"menshen/recognizer/calibration"
	"menshen/recognizer/gallery"
	"menshen/retention"
	"menshen/store/sqlite"
	"menshen/web"
)

// post is a gatehouse of its own process: it decides from its own copy of the registry, also while the hub is out of reach,
// and hands its passes over when the hub is back.
type post struct {
	gatehouse

	id          string
	gates       []string
	busAt       string // where its bus and its API listen
	webAt       string
	copy        *sqlite.Copy
	whole       atomic.Bool // the copy has everything that the registry had once: gates decide by it
	link        *postLink
	checkpoints *checkpointer
	keeper      *retention.Keeper // of the audit log's time limit
	web         *web.Server

	counting chan struct{} // closed once the gates are known to count on where the hub has their last passes
	counts   sync.Once
}

func (a *app) postCommand() *cobra.Command {
	return &cobra.Command{
		Use: "post ID", Short: "Decide at the gates of a post in a process of its own, also while the hub is out of reach", Args: cobra.ExactArgs(1),
		Long: `Run a post of the configuration: its cameras, readers and doors. It has its own copy of the registry and its own outbox, so it decides
as ever while the hub cannot be reached, for as long as its disk has room; passes are handed over, in order, when the hub is back.
The hub makes the post's key at its start, as post-ID.nk in its data folder: copy it into the post's folder on another machine.`,
		RunE: func(c *cobra.Command, args []string) error { return a.post(c, args[0]) },
	}
}

func (a *app) post(c *cobra.Command, id string) error {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	log := a.logger(cfg.Log).With("post", id)
	keepMemoryPrivate(log)
	p, err := newPost(c.Context(), cfg, id, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(c.Context())
	defer stop()
	return errors.Join(p.Run(ctx), p.Close())
}

// newPost opens and joins all parts without starting any. The hub need not be there.
func newPost(ctx context.Context, cfg config.Config, id string, log *slog.Logger) (*post, error) {
	listed, err := cfg.Post(id)
	if err != nil {
		return nil, err
	}
	own := cfg.Only(func(gate string) bool { return slices.Contains(listed.Gates, gate) })
	p := &post{gatehouse: newGatehouse(own, log), id: id, gates: listed.Gates, busAt: cmp.Or(listed.Bus, "127.0.0.1:0"), webAt: cmp.Or(listed.Web, "127.0.0.1:0"), counting: make(chan struct{})}
	for _, step := range []func(context.Context) error{p.openSite, p.openTLS, p.openEngine, p.openBus, p.openCopy, p.openAgeing, p.openPostGates, p.openLink, p.openPostWeb, p.openChildren} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

func (p *post) openSite(context.Context) (err error) {
	if err := checkSources(p.cfg); err != nil {
		return err
	}
	if p.site, err = p.cfg.Community(); err != nil {
		return err
	}
	if p.data, err = openDataFolder(p.cfg.PostFolder(p.id)); err != nil {
		return err
	}
	p.closers = append(p.closers, p.data)
	return nil
}

// openTLS gives certificates of an authority of the post's own to the listeners that other machines reach.
func (p *post) openTLS(context.Context) error {
	listed, err := p.cfg.Post(p.id)
	if err != nil {
		return err
	}
	p.tls, err = openEncryption(p.log, p.data, p.site.ID+" "+p.id, listed.PostHosts(), nil, p.busAt, p.webAt)
	return err
}

// openBus starts the bus of the post's own cameras, recognizers and readers.
func (p *post) openBus(ctx context.Context) error {
	keys, err := doorKeys(p.cfg, p.data)
	if err != nil {
		return err
	}
	var cameras []string
	for _, cam := range p.cfg.Cameras {
		cameras = append(cameras, cam.ID)
	}
	at := bus.ServerConfig{
		Site: p.site.ID, Cameras: cameras, Recognizers: p.recognizers(), Doors: keys, Listen: p.busAt, Store: p.data.file("nats"), Log: p.log, Registerer: p.registry,
	}
	p.tls.busTLS(&at)
	if p.server, err = bus.NewServer(at); err != nil {
		return err
	}
	p.closers = append(p.closers, p.server)
	if err := p.server.Start(ctx); err != nil {
		return err
	}
	credentials, err := p.server.Credentials(bus.RoleHub())
	if err != nil {
		return err
	}
	p.conn, err = bus.Connect(ctx, bus.ConnConfig{Site: p.site.ID, Credentials: credentials, Server: p.server, Log: p.log, Registerer: p.registry})
	if err == nil {
		p.closers = append(p.closers, p.conn)
	}
	return err
}

// openCopy opens what the post has of the registry, and who passed, as it was when the post last ran.
func (p *post) openCopy(ctx context.Context) (err error) {
	key, err := siteKey(p.data)
	if err != nil {
		return err
	}
	if p.outbox, err = sqlite.OpenOutbox(ctx, p.data.file("gate.db"), sqlite.Options{Log: p.log}); err != nil {
		return err
	}
	p.closers = append(p.closers, p.outbox)
	if p.copy, err = sqlite.OpenCopy(ctx, p.data.file("copy.db"), sqlite.Options{Log: p.log, Key: key}); err != nil {
		return err
	}
	p.closers = append(p.closers, p.copy)
	p.checkpoints = &checkpointer{name: p.site.ID + "-" + p.id, keys: p.data.path, log: p.log, cfg: p.cfg, tree: p.copy}
	p.roll, p.gallery = roll.New(p.site), gallery.NewFaces(p.engine.ID)
	for change, err := range p.copy.All(ctx) {
		if err != nil {
			return err
		}
		if err := p.apply(change); err != nil {
			p.log.Warn("an entry of the registry cannot be used", "kind", change.Kind, "key", change.Key, "error", err)
		}
	}
	for pass, err := range p.copy.Passed(ctx) {
		if err != nil {
			return err
		}
		p.roll.Passed(pass)
	}
	if last, err := p.outbox.LastSequences(ctx); err != nil || len(last) > 0 {
		if err != nil {
			return err
		}
		p.counts.Do(func() { close(p.counting) }) // it has counted before
	}
	whole, err := p.copy.Whole(ctx)
	p.whole.Store(whole)
	return errors.Join(err, onRoll(ctx, p.outbox, p.roll))
}

// postRecorder keeps the passes of a post. One whose outbox is new gives out no number before the hub has said where its gates
// were: they must not count from 1 again. Passes wait in memory until then; without a registry none of them lets anybody in.
type postRecorder struct{ *post }

// AppendMany implements access.Recorder.
func (r postRecorder) AppendMany(ctx context.Context, passes []menshen.Pass) ([]menshen.Pass, error) {
	select {
	case <-r.counting:
		return r.outbox.AppendMany(ctx, passes)
	case <-ctx.Done():
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.post_record", "the hub has not said yet where the gates count on").WithCause(ctx.Err())
	}
}

// countOn has the gates count on beyond what the hub has of them.
func (p *post) countOn(ctx context.Context, last map[string]uint64) error {
	own := map[string]uint64{}
	for _, g := range p.gates {
		if n, ok := last[g]; ok {
			own[g] = n
		}
	}
	if err := p.outbox.Advance(ctx, own); err != nil {
		return err
	}
	p.counts.Do(func() { close(p.counting) })
	return nil
}

// apply lets a change take effect in memory.
func (p *post) apply(c menshen.Change) error {
	if c.Kind != menshen.ChangeTemplate {
		return p.roll.Apply(c)
	}
	p.gallery.RemoveTemplate(c.Key)
	if c.Template == nil || c.Template.Engine != p.engine.ID {
		return nil
	}
	return p.gallery.Insert(*c.Template)
}

// forget takes everything that the post knows of the registry out of memory and off the disk. The gates fail as they are told
// to until it is whole again.
func (p *post) forget(ctx context.Context) error {
	p.whole.Store(false)
	var templates []string
	for c, err := range p.copy.All(ctx) {
		if err != nil {
			return err
		}
		if c.Kind == menshen.ChangeTemplate {
			templates = append(templates, c.Key)
		}
	}
	if err := p.copy.Reset(ctx); err != nil {
		return err
	}
	p.roll.Reset()
	for _, id := range templates {
		p.gallery.RemoveTemplate(id)
	}
	return nil
}

func (p *post) openPostGates(ctx context.Context) error {
	own := slices.DeleteFunc(slices.Clone(p.site.Gates), func(g menshen.Gate) bool { return !slices.Contains(p.gates, g.ID) })
	if err := p.openGates(gateParts{Ready: p.whole.Load, Recorder: postRecorder{p}}, own); err != nil {
		return err
	}
	return p.openCalibration(ctx, copiedTemplates{p.copy}, func(point calibration.Point) error {
		return p.controller.SetOperatingPoint(p.operatingPoint(point))
	})
}

// openLink prepares the way to the hub.
func (p *post) openLink(context.Context) error {
	listed, err := p.cfg.Post(p.id)
	if err != nil {
		return err
	}
	seed, err := p.seed()
	if err != nil {
		return err
	}
	to := bus.Credentials{Role: bus.RolePost(p.id), URL: p.cfg.HubAddress(listed), Seed: seed}
	p.link = &postLink{post: p, cfg: bus.ConnConfig{Site: p.site.ID, Credentials: to, Authority: p.hubAuthority, Log: p.log}}
	return nil
}

// hubAuthorityFile is the hub's authority in the folder of a post on another machine.
const hubAuthorityFile = "hub-ca.pem"

// hubAuthority gives who alone may sign the certificate of the hub, from the post's own folder or from the hub's on the same machine. It
// is read at each attempt to connect: the gates decide without the hub until it is there, or is the right one again.
func (p *post) hubAuthority() ([]byte, error) {
	const op = "cmd.post_authority"
	for _, path := range []string{p.data.file(hubAuthorityFile), filepath.Join(p.cfg.DataFolder(), certificate.AuthorityFile)} {
		b, err := os.ReadFile(path)
		if err == nil {
			_, err = certificate.ParseAuthority(b)
			return b, err
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, diskError(op, path, err)
		}
	}
	return nil, menshen.Errorf(menshen.CodeMissing, op, "the post %s does not know the certificate authority of the hub", p.id).
		WithHint("on the hub run menshen certificate export, then put what it writes into %s as %s", p.data.path, hubAuthorityFile)
}

// tidyEvery is how often a post takes what is left of erased people out of the places of its copy that nothing is in any more.
const tidyEvery = 20 * time.Second

// tidy does that until ctx ends, and once at the start.
func (p *post) tidy(ctx context.Context) error {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		if err := p.copy.Tidy(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("the copy of the registry could not be made anew", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// seed gives the post's key, from its own folder or from the hub's on the same machine.
func (p *post) seed() (menshen.Secret, error) {
	const op = "cmd.post_key"
	for _, folder := range []string{p.data.path, p.cfg.DataFolder()} {
		b, err := os.ReadFile(filepath.Join(folder, postKeyFile(p.id)))
		if err == nil {
			return menshen.Secret(strings.TrimSpace(string(b))), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", diskError(op, folder, err)
		}
	}
	return "", menshen.Errorf(menshen.CodeMissing, op, "the post %s has no key", p.id).
		WithHint("start the hub with this post in its configuration, then copy %s from its data folder to %s", postKeyFile(p.id), p.data.path)
}

// Run runs the post until ctx ends: sources first to end, stores last.
func (p *post) Run(ctx context.Context) error {
	takeAway, err := p.leaveNote(p.web.URL(), p.web.KeyHash())
	if err != nil {
		return err
	}
	defer takeAway()
	reception, err := p.listen(ctx)
	if err != nil {
		return err
	}
	p.log.Info("the post decides", "gates", p.gates, "url", p.web.URL(), "revision", p.roll.Revision())
	return runStages(ctx,
		p.sources(),
		reception,
		stage{name: "gates", runs: []func(context.Context) error{p.controller.Run, p.calibrate, p.tidy, p.age, p.checkpoints.Run}},
		stage{name: "pages", runs: []func(context.Context) error{p.web.Run}},
		stage{name: "link", runs: []func(context.Context) error{p.link.Run}},
		stage{name: "bus", runs: []func(context.Context) error{p.server.Run}},
	)
}
