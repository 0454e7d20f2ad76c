package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/cmd/menshen/chaos"
	"menshen/config"
	"menshen/web/client"
)

// insideVariable says that this process has mounts of its own already.
const insideVariable = "MENSHEN_CHAOS_INSIDE"

func (a *app) chaosCommand() *cobra.Command {
	var o chaos.Options
	var only []string
	var format string
	var minutes float64
	c := &cobra.Command{
		Use: "chaos", Short: "Try whether passes are lost: kill -9, power cuts, full disks, wrong clocks, cut links, damaged files", Args: cobra.NoArgs,
		Long: `Run this program as hub and post in temporary folders, with people who show cards at twelve gates, and do to it what must not
make it lose a pass. What it acknowledges is kept in a ledger beside it; at the end the pass log is compared with that: nothing lost, nothing
doubled, nothing invented, no gap in the numbers. The same seed does the same.

What is acknowledged is a pass whose number is committed in the outbox. The door does not wait for that: who was let through some
milliseconds before a kill may be missing, and is counted as cut off.

Mounts are made in a namespace of its own and need root, or user namespaces. Scenarios:
` + scenarioHelp() + `
clock and linkloss need a program whose clock can be moved: go build -tags shiftedclock -o bin/menshen-shifted ./cmd/menshen`,
		RunE: func(c *cobra.Command, _ []string) error {
			o.For = time.Duration(minutes * float64(time.Minute))
			return a.chaos(c, only, o, format)
		},
	}
	c.Flags().StringSliceVar(&only, "only", nil, "scenarios to run; all if absent")
	c.Flags().Uint64Var(&o.Seed, "seed", 0, "what happens follows from it; 0 takes one at random and prints it")
	c.Flags().IntVar(&o.Kills, "kills", 40, "kills, and power cuts, at least, 1 to 1000000")
	c.Flags().IntVar(&o.Passes, "passes", 10_000, "passes acknowledged, at least, 0 to 100000000")
	c.Flags().Float64Var(&minutes, "minutes", 0, "how long kill and powercut go on, at least, 0 to 10000")
	c.Flags().IntVar(&o.Times, "times", 0, "fillings of fulldisk, jumps of clock, hours of linkloss, damages of damage, at most, 1 to 100; 0 for all")
	c.Flags().IntVar(&o.Rate, "rate", 800, "cards shown each second at all gates together, 12 to 1200")
	c.Flags().StringVar(&o.Folder, "folder", "", "where folders for the tests are made; the system's for temporary files if absent")
	c.Flags().StringVar(&o.Shifted, "shifted", "", "program built with -tags shiftedclock")
	c.Flags().BoolVar(&o.Lying, "lying-disk", false, "of powercut: a disk that says it has synced and has not; the verdict must find passes lost")
	c.Flags().BoolVar(&o.Keep, "keep", false, "leave the folders, also where all was well")
	c.Flags().StringVar(&o.Models, "models", "", "folder of the networks for the cameras and recognizers of kill; that of menshen.yaml if absent")
	c.Flags().StringVar(&format, "format", "table", "table or json")
	return c
}

func scenarioHelp() string {
	var b strings.Builder
	for _, s := range chaos.Scenarios() {
		fmt.Fprintf(&b, "  %-9s %s\n", s.Name, s.About.EN)
	}
	return b.String()
}

func (a *app) chaos(c *cobra.Command, only []string, o chaos.Options, format string) error {
	const op = "cmd.chaos"
	if err := checkFormat(format); err != nil {
		return err
	}
	for _, n := range []struct {
		flag          string
		value, lo, hi int
	}{{"--kills", o.Kills, 1, 1_000_000}, {"--passes", o.Passes, 0, 100_000_000}, {"--times", o.Times, 0, 100}, {"--rate", o.Rate, 12, 1200}, {"--minutes", int(o.For / time.Minute), 0, 10_000}} {
		if n.value < n.lo || n.value > n.hi {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s: %d is out of range", n.flag, n.value).WithHint("use %d to %d", n.lo, n.hi)
		}
	}
	chosen, left, err := chooseScenarios(only, o)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(chosen, func(s chaos.Scenario) bool { return s.Mount }) && !slices.ContainsFunc(a.environ, func(v string) bool { return strings.HasPrefix(v, insideVariable+"=") }) {
		return a.chaosInside(c.Context())
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000_000) + 1
	}
	if slices.ContainsFunc(chosen, func(s chaos.Scenario) bool { return s.Cameras }) {
		if o.Models, o.Missing, err = a.chaosNetworks(c, o.Models); err != nil {
			return err
		}
	}
	program := chaos.Program{
		Environ: a.environ, Progress: a.err, Say: a.text, Connect: func(data string) (*client.Client, error) { return connectTo(data, "") },
	}
	var reports []chaos.Report
	var failures []error
	for _, s := range chosen {
		fmt.Fprintln(a.err, a.text(menshen.Text{ZH: fmt.Sprintf("%s：%s，种子 %d", s.Name, s.About.ZH, o.Seed), EN: fmt.Sprintf("%s: %s, seed %d", s.Name, s.About.EN, o.Seed)}))
		r, err := chaos.Run(c.Context(), program, s, o)
		if err != nil {
			if r.Folder != "" {
				fmt.Fprintln(a.err, a.either("日志在 "+r.Folder, "the logs are in "+r.Folder))
			}
			failures = append(failures, err)
			continue
		}
		reports = append(reports, r)
		if format == "table" {
			a.showChaos(r)
		}
		if !r.Good() {
			failures = append(failures, menshen.Errorf(menshen.CodeCorrupt, op, "passes are not as they were acknowledged: %s with seed %d", s.Name, o.Seed).
				WithHint("keep %s and report it, with the seed", r.Folder))
		}
	}
	if format == "json" {
		failures = append(failures, writeJSON(a.out, reports))
	}
	for _, s := range left {
		fmt.Fprintln(a.err, a.text(menshen.Text{ZH: s.Name + "：未运行，需要 --shifted", EN: s.Name + ": left out, it needs --shifted"}))
	}
	return errors.Join(failures...)
}

// chaosNetworks gives the folder of the networks, or why nothing can be recognised with what is there. Those for evaluation will do:
// nobody is recognised.
func (a *app) chaosNetworks(c *cobra.Command, named string) (folder, missing string, err error) {
	cfg := config.Default()
	if named == "" {
		configured, err := a.loadConfig(c)
		if err != nil {
			return "", "", err
		}
		named = configured.ModelsFolder()
	}
	if cfg.Engine.Models, err = filepath.Abs(named); err != nil {
		return "", "", err
	}
	cfg.Engine.Evaluation = true
	_, err = chooseEngine(c.Context(), cfg)
	if menshen.ErrorCode(err) == menshen.CodeMissing {
		message, hint := menshen.ErrorMessage(err)
		fmt.Fprintln(a.err, a.either("没有摄像机和识别进程："+a.said(message)+"（"+a.said(hint)+"）", "no cameras and no recognizers: "+message+" ("+hint+")"))
		return "", message + "; " + hint, nil
	}
	return cfg.Engine.Models, "", err
}

// chooseScenarios gives what is to be run, and what cannot be because it needs a program that was not named.
func chooseScenarios(only []string, o chaos.Options) (chosen, left []chaos.Scenario, err error) {
	const op = "cmd.chaos"
	for _, name := range only {
		s, ok := chaos.Find(name)
		if !ok {
			return nil, nil, menshen.Errorf(menshen.CodeInvalid, op, "--only: there is no scenario %q", name).WithHint("see them with: menshen chaos --help")
		}
		if s.Clock && o.Shifted == "" {
			return nil, nil, menshen.Errorf(menshen.CodeInvalid, op, "--only: %s needs --shifted", name).
				WithHint("build that program with: go build -tags shiftedclock -o bin/menshen-shifted ./cmd/menshen")
		}
		chosen = append(chosen, s)
	}
	if len(only) > 0 {
		return chosen, nil, nil
	}
	for _, s := range chaos.Scenarios() {
		if s.Clock && o.Shifted == "" {
			left = append(left, s)
			continue
		}
		chosen = append(chosen, s)
	}
	return chosen, left, nil
}

// chaosInside runs the same command in a mount namespace of its own: whatever happens, no mount is left behind.
func (a *app) chaosInside(ctx context.Context) error {
	const op = "cmd.chaos"
	self, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "the path of this program cannot be found").WithCause(err)
	}
	cmd := exec.CommandContext(ctx, self, os.Args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append(slices.Clone(a.environ), insideVariable+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.err
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Setpgid: true}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	err = cmd.Run()
	if exit, ended := errors.AsType[*exec.ExitError](err); ended {
		return relayed{exit.ExitCode()}
	}
	if err != nil {
		return menshen.Errorf(menshen.CodeDenied, op, "no namespace can be made for mounts").WithHint("run it as root, or with --only kill").WithCause(err)
	}
	return nil
}

// showChaos prints what came of a scenario.
func (a *app) showChaos(r chaos.Report) {
	v := r.Verdict
	word := menshen.Text{ZH: "通过", EN: "good"}
	if !r.Good() {
		word = menshen.Text{ZH: "不通过", EN: "NOT GOOD"}
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%s：%s；种子 %d，kill -9 %d 次，断电 %d 次，用时 %s", r.Scenario, word.ZH, r.Seed, r.Kills, r.Cuts, r.Took.Round(time.Second)),
		EN: fmt.Sprintf("%s: %s; seed %d, kills %d, power cuts %d, took %s", r.Scenario, word.EN, r.Seed, r.Kills, r.Cuts, r.Took.Round(time.Second)),
	}))
	if k := r.Killed; r.Kills > 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("  kill -9：主机 %d，岗亭 %d，摄像机 %d，识别进程 %d", k.Hub, k.Post, k.Cameras, k.Recognizers),
			EN: fmt.Sprintf("  killed: hub %d, post %d, cameras %d, recognizers %d", k.Hub, k.Post, k.Cameras, k.Recognizers),
		}))
	}
	if camera, recognizer := r.Away["camera"].Round(10*time.Millisecond), r.Away["recognizer"].Round(10*time.Millisecond); len(r.Away) > 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("  被杀后恢复工作，最长：摄像机 %s，识别进程 %s；其间出入口应答 %d 次", camera, recognizer, r.Meanwhile),
			EN: fmt.Sprintf("  longest until another did the work: camera %s, recognizer %s; answered at the gates meanwhile %d", camera, recognizer, r.Meanwhile),
		}))
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("  已应答 %d，已确认 %d，通行记录 %d；丢失 %d，重复 %d，凭空出现 %d，内容改变 %d，编号缺口 %d，次序错误 %d，其他 %d",
			v.Answered, v.Acknowledged, v.Kept, v.Lost, v.Doubled, v.Invented, v.Changed, v.Gaps, v.Order, v.Faults),
		EN: fmt.Sprintf("  answered %d, acknowledged %d, in the pass log %d; lost %d, doubled %d, invented %d, changed %d, gaps %d, out of order %d, other faults %d",
			v.Answered, v.Acknowledged, v.Kept, v.Lost, v.Doubled, v.Invented, v.Changed, v.Gaps, v.Order, v.Faults),
	}))
	if v.CutOff > 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("  中断前 %d 毫秒内已应答、尚未确认的：%d", v.CutOffMillis, v.CutOff),
			EN: fmt.Sprintf("  answered within %d ms before a kill and not yet acknowledged: %d", v.CutOffMillis, v.CutOff),
		}))
	}
	for _, n := range append(r.Notes, v.Examples...) {
		fmt.Fprintln(a.out, "  "+n)
	}
}
