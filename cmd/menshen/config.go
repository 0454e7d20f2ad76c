package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/camera/address"
	"menshen/config"
)

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check or begin the configuration file", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	check := &cobra.Command{
		Use: "check", Short: "Check the configuration file and name the first thing wrong", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.checkConfig(c) },
	}
	var onlyPrint bool
	initialise := &cobra.Command{
		Use: "init", Short: "Write a commented menshen.yaml with every key", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.initConfig(onlyPrint) },
	}
	initialise.Flags().BoolVar(&onlyPrint, "print", false, "print it instead")
	c.AddCommand(check, initialise)
	return c
}

func (a *app) checkConfig(c *cobra.Command) error {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	if err := checkSources(cfg); err != nil {
		return err
	}
	found := contents(cfg)
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%s 没有问题：%s，引擎 %s，数据位于 %s", a.configPath, found.ZH, cfg.Engine.Name, cfg.DataFolder()),
		EN: fmt.Sprintf("%s is good: %s, engine %s, data in %s", a.configPath, found.EN, cfg.Engine.Name, cfg.DataFolder()),
	}))
	return err
}

// contents says what a configuration describes.
func contents(cfg config.Config) menshen.Text {
	if cfg.Simulated() {
		return menshen.Text{ZH: "没有摄像机，使用模拟小区", EN: "no camera: a simulated community"}
	}
	return menshen.Text{
		ZH: fmt.Sprintf("%d 路摄像机，%d 个出入口", len(cfg.Cameras), len(cfg.Site.Gates)),
		EN: fmt.Sprintf("%d camera(s), %d gate(s)", len(cfg.Cameras), len(cfg.Site.Gates)),
	}
}

// checkSources checks the form of every camera's address without opening it.
func checkSources(cfg config.Config) error {
	if err := cfg.CheckSources(); err != nil {
		return err
	}
	for _, cam := range cfg.Cameras {
		if _, err := address.Parse(cam.Source.Reveal()); err != nil {
			if e, ok := errors.AsType[*menshen.Error](err); ok {
				e.Message = fmt.Sprintf("camera %s: %s", cam.ID, e.Message)
			}
			return err
		}
	}
	return nil
}

func (a *app) initConfig(onlyPrint bool) error {
	if onlyPrint {
		_, err := a.out.Write(config.Shipped)
		return err
	}
	const op = "cmd.config"
	// 0600: a camera's password may come to stand in it.
	f, err := os.OpenFile(a.configPath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return menshen.Errorf(menshen.CodeConflict, op, "%s is there already and stays as it is", a.configPath).
			WithHint("see a fresh one with: menshen config init --print")
	}
	if err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "%s cannot be written", a.configPath).
			WithHint("check the folder and its permissions").WithCause(err)
	}
	_, err = f.Write(config.Shipped)
	if err = errors.Join(err, f.Close()); err != nil {
		return menshen.Errorf(menshen.CodeExhausted, op, "%s cannot be written", a.configPath).WithHint("free disk space").WithCause(err)
	}
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("已写入 %s。请在其中填写小区和摄像机，然后运行：menshen config check", a.configPath),
		EN: fmt.Sprintf("%s is written. Describe the site and its cameras in it, then run: menshen config check", a.configPath),
	}))
	return err
}
