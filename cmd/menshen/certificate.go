package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/certificate"
	"menshen/config"
)

// authorityOf is whose certificate authority a command is about: the hub's, or a post's.
type authorityOf struct {
	folder string
	name   string
	hosts  []string
	spare  []string          // as in openEncryption
	listen map[string]string // key of the configuration → address
}

func (a *app) certificateCommand() *cobra.Command {
	var post, out string
	show := func(c *cobra.Command, _ []string) error { return a.showAuthority(c, post) }
	c := group("certificate", "The site's own certificate authority: show it, give it to tablets and posts, make a new one")
	c.RunE = show
	c.Long = `Listeners that other machines reach speak TLS alone. Where web.tls_cert names no certificate, they have one of an authority that Menshen
makes at its first start, in the data folder: ca.pem, and its key ca.key. Certificates are good for 30 days and are renewed by
themselves. Tablets, browsers, doors and posts on other machines must be given the authority, once. It is good for the names of this
site and for private networks alone, and for nothing else. A post that other machines reach has an authority of its own: --post.`
	export := &cobra.Command{
		Use: "export", Short: "Write the authority's certificate for tablets, browsers, doors and posts (no secret)", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.exportAuthority(c, post, out) },
	}
	export.Flags().StringVarP(&out, "out", "o", "", "file to write; not given, it is printed")
	renew := &cobra.Command{
		Use: "renew", Short: "Make a new authority; whoever trusted the old one must be given the new one", Args: cobra.NoArgs,
		Long: `Make a new certificate authority in the place of the one that is there: after its key may have been read by somebody, or where the site
has another name or address on the internet. It is used from the next start on. Certificates of listeners need no such thing: they
are renewed by themselves, and made anew at each start.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.renewAuthority(c, post) },
	}
	c.AddCommand(export, renew)
	c.PersistentFlags().StringVar(&post, "post", "", "of this post, on its machine; the hub's if absent")
	return c
}

func (a *app) authorityOf(c *cobra.Command, post string) (authorityOf, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return authorityOf{}, err
	}
	if post != "" {
		p, err := cfg.Post(post)
		return authorityOf{cfg.PostFolder(post), cfg.Site.ID + " " + post, p.PostHosts(), nil, map[string]string{"posts.bus": p.Bus, "posts.web": p.Web}}, err
	}
	of := authorityOf{cfg.DataFolder(), cfg.Site.ID, cfg.HubHosts(), cfg.Web.ACME.Domains, map[string]string{"web.listen": cfg.Web.Listen, "bus.listen": cfg.Bus.Listen, "bus.mqtt.listen": cfg.Bus.MQTT.Listen}}
	if cfg.Web.TLSCert != "" { // of the web and MQTT
		of.listen = map[string]string{"bus.listen": cfg.Bus.Listen}
	}
	return of, nil
}

func (a *app) showAuthority(c *cobra.Command, post string) error {
	of, err := a.authorityOf(c, post)
	if err != nil {
		return err
	}
	ca, err := certificate.ReadAuthority(of.folder)
	if err != nil {
		return err
	}
	cert := ca.Certificate()
	t := &table{}
	t.add(a.either("证书机构", "authority"), cert.Subject.CommonName)
	t.add(a.either("文件", "file"), filepath.Join(of.folder, certificate.AuthorityFile))
	t.add(a.either("有效期至", "until"), cert.NotAfter.Format(time.DateOnly))
	t.add("SHA-256", certificate.Fingerprint(cert))
	t.add(a.either("适用于", "for"), a.either("私有网络，", "private networks, ")+strings.Join(cert.PermittedDNSDomains, " "))
	for _, key := range []string{"web.listen", "bus.listen", "bus.mqtt.listen", "posts.web", "posts.bus"} {
		if config.Reachable(of.listen[key]) {
			t.add(key, of.listen[key])
		}
	}
	t.print(a.out)
	for _, h := range of.hosts {
		if !ca.Allows(h) {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.certificate", "the site's certificate authority is not for %q", h).
				WithHint("make a new one that is, and give it to tablets and posts: menshen certificate renew")
		}
	}
	return nil
}

func (a *app) exportAuthority(c *cobra.Command, post, out string) error {
	of, err := a.authorityOf(c, post)
	if err != nil {
		return err
	}
	ca, err := certificate.ReadAuthority(of.folder)
	if err != nil {
		return err
	}
	if out == "" {
		_, err = a.out.Write(ca.PEM())
		return err
	}
	if err := os.WriteFile(out, ca.PEM(), 0o644); err != nil { //nolint:gosec // everybody may read it
		return diskError("cmd.certificate", out, err)
	}
	f := certificate.Fingerprint(ca.Certificate())
	a.tell(fmt.Sprintf("已写入 %s。安装到平板时请核对 SHA-256：\n  %s", out, f), fmt.Sprintf("written to %s. Where you install it, compare the SHA-256:\n  %s", out, f))
	return nil
}

func (a *app) renewAuthority(c *cobra.Command, post string) error {
	of, err := a.authorityOf(c, post)
	if err != nil {
		return err
	}
	if _, err := certificate.ReadAuthority(of.folder); menshen.ErrorCode(err) == menshen.CodeNotFound {
		return err
	}
	ca, err := certificate.RenewAuthority(of.folder, of.name, slices.Concat(of.hosts, of.spare, ownHosts()), time.Now())
	if err != nil {
		return err
	}
	f := certificate.Fingerprint(ca.Certificate())
	a.tell("已建立新的证书机构，下次启动时生效。请把它发给所有平板、门和岗亭（menshen certificate export）。SHA-256：\n  "+f,
		"The new authority is used from the next start on. Give it to all tablets, doors and posts (menshen certificate export). SHA-256:\n  "+f)
	return nil
}
