package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/config"
)

// streams are the standard streams of a run; tests hand in their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is what every command shares.
type app struct {
	streams

	environ    []string
	configPath string
	tokenPath  string
	english    bool
	asked      string                   // the command that was run, for hints
	chinese    func(text string) string // of messages and hints
}

// run executes one command line and gives the exit code.
func run(ctx context.Context, args []string, s streams, environ []string) int {
	a := &app{streams: s, environ: environ, english: prefersEnglish(environ), chinese: chinese()}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	if c, err := root.ExecuteContextC(ctx); err != nil {
		a.asked = c.CommandPath()
		return a.report(s.err, err)
	}
	return exitOK
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "menshen",
		Short: "门神: face-recognition access control and contact tracing for residential communities",
		Long: `Menshen (门神): face-recognition access control and contact tracing for residential communities.

menshen serve starts everything. The other commands speak to a running menshen serve, except post, models,
config, doctor, simulate, bench, chaos, evaluate, trace chain and trace policy, which work on their own.

Exit codes: ` + exitCodeHelp(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.NoArgs,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError(c, err) })
	root.PersistentFlags().StringVarP(&a.configPath, "config", "c", "menshen.yaml", "configuration file")
	root.PersistentFlags().StringVar(&a.tokenPath, "token-file", "", "file with the token of whoever asks; the operator's if absent; "+tokenVariable+" may hold the token itself")
	root.PersistentFlags().BoolVar(&a.english, "english", a.english, "answer in English where there are two languages; LANG decides otherwise")
	root.PersistentFlags().Lookup("english").DefValue = "false" // the help need not tell what LANG says
	root.AddCommand(
		a.serveCommand(), a.statusCommand(), a.enrollCommand(), a.peopleCommand(), a.calibrateCommand(), a.templatesCommand(), a.passesCommand(), a.traceCommand(),
		a.personCommand(), a.packCommand(), a.householdCommand(), a.gateCommand(), a.zoneCommand(), a.permitCommand(), a.credentialCommand(),
		a.healthCommand(), a.temperatureCommand(), a.returneesCommand(), a.formCommand(), a.visitCommand(), a.deliveryCommand(),
		a.policyCommand(), a.caseCommand(), a.guardCommand(), a.tokenCommand(), a.accountCommand(), a.postCommand(), a.backupCommand(), a.auditCommand(), a.certificateCommand(), a.retentionCommand(), a.assessmentCommand(), a.keyCommand(), a.erasureCommand(),
		a.simulateCommand(), a.modelsCommand(), a.configCommand(), a.doctorCommand(), a.benchCommand(), a.chaosCommand(), a.evaluateCommand(),
		a.cameraCommand(), a.recognizerCommand(), a.versionCommand(),
	)
	return root
}

// loadConfig reads the configuration that the flags name.
func (a *app) loadConfig(c *cobra.Command) (config.Config, error) {
	return config.Load(a.configPath, c.Flags().Changed("config"), a.environ)
}

// text gives a text in the user's language.
func (a *app) text(t menshen.Text) string {
	if a.english {
		return t.In("en")
	}
	return t.In("zh")
}

// logger makes the log of a long-running command on standard error.
func (a *app) logger(cfg config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.Level)) // validated with the configuration
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.err, opts))
	}
	return slog.New(slog.NewTextHandler(a.err, opts))
}
