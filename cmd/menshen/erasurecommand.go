package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/erasure"
)

func (a *app) erasureCommand() *cobra.Command {
	var public string
	verify := &cobra.Command{
		Use: "verify FILE", Short: "Check an erasure certificate, or a file of them", Args: cobra.ExactArgs(1),
		Long: `Check that a certificate is as the site signed it. It needs no running Menshen and no database: only the site's public key, which
menshen erasure key prints at the site and which the site should make known. Without --key, the key of the configuration's data folder is taken.`,
		RunE: func(c *cobra.Command, args []string) error { return a.verifyErasure(c, args[0], public) },
	}
	verify.Flags().StringVar(&public, "key", "", "the line that menshen erasure key printed, or its fingerprint, or a file with one of them")
	key := &cobra.Command{
		Use: "key", Short: "Print the public key under which this site signs erasure certificates", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.erasureKey(c)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, k.Public())
			a.tell("指纹："+erasure.Fingerprint(k.Public()), "fingerprint: "+erasure.Fingerprint(k.Public()))
			return nil
		},
	}
	list := &cobra.Command{
		Use: "list [PERSON]", Short: "Print the erasure certificates of this site, one a line", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(c)
			if err != nil {
				return err
			}
			all, err := readCertificates(filepath.Join(cfg.DataFolder(), certificatesFile), a.logger(cfg.Log))
			if err != nil {
				return err
			}
			for _, i := range all {
				if len(args) == 0 || i.Person == args[0] {
					fmt.Fprintln(a.out, string(i.text))
				}
			}
			return nil
		},
	}
	return group("erasure", "Prove that somebody was erased", verify, list, key)
}

func (a *app) erasureKey(c *cobra.Command) (erasure.Key, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return erasure.Key{}, err
	}
	siteKey, err := readSiteKey(filepath.Join(cfg.DataFolder(), siteKeyFile))
	if err != nil {
		return erasure.Key{}, err
	}
	seeds, err := signingOf(cfg.DataFolder(), siteKey)
	if err != nil {
		return erasure.Key{}, err
	}
	return erasure.NewKey(seeds.Erasure)
}

func (a *app) verifyErasure(c *cobra.Command, file, public string) error {
	const op = "cmd.erasure"
	b, err := os.ReadFile(file)
	if err != nil {
		return menshen.Errorf(menshen.CodeNotFound, op, "there is no certificate at %s that can be read", file).WithHint("check the path and its permissions").WithCause(err)
	}
	if public == "" {
		k, err := a.erasureKey(c)
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			return menshen.Errorf(menshen.CodeInvalid, op, "the site's key is not at hand").WithHint("give --key with the line that menshen erasure key printed at the site")
		}
		if err != nil {
			return err
		}
		public = k.Public()
	} else {
		if kept, err := os.ReadFile(public); err == nil {
			public = string(kept)
		}
		public = strings.TrimSpace(strings.SplitN(strings.TrimSpace(public), "\n", 2)[0])
	}
	// One certificate may stand on several lines; several stand on one each.
	texts := [][]byte{b}
	if _, err := erasure.Read(b); err != nil && bytes.Count(bytes.TrimSpace(b), []byte("\n")) > 0 {
		texts = nil
		for line := range bytes.Lines(b) {
			if len(bytes.TrimSpace(line)) > 0 {
				texts = append(texts, line)
			}
		}
	}
	for _, text := range texts {
		one, err := erasure.Read(text)
		if err != nil {
			return err
		}
		if public != one.Key && public != erasure.Fingerprint(one.Key) {
			return menshen.Errorf(menshen.CodeDenied, op, "the certificate %d was signed under another key, %s", one.Number, erasure.Fingerprint(one.Key)).
				WithHint("somebody else made it, or the key is that of another site")
		}
		fmt.Fprintln(a.out, a.either(one.Text.ZH, one.Text.EN))
	}
	a.tell(fmt.Sprintf("签名相符：%d 份证明，密钥指纹 %s。", len(texts), erasure.Fingerprint(public)), fmt.Sprintf("signed by this site: %d certificates, key %s", len(texts), erasure.Fingerprint(public)))
	return nil
}
