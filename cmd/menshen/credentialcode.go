package main

import (
	"io"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/access/credential"
)

func (a *app) credentialCodeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "code", Short: "Make the code of this moment from the key of a QR, read from standard input", Args: cobra.NoArgs,
		Long: `Make the code of this moment from the key that was shown when a QR was issued. It is good for a minute and once. The key is read
from standard input, for example: menshen credential code < key.txt. No hub is needed: this is what a resident's device does.`,
		RunE: func(*cobra.Command, []string) error { return a.makeCode() },
	}
}

func (a *app) makeCode() error {
	text, err := io.ReadAll(io.LimitReader(a.in, 1<<10))
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.code", "the key cannot be read").WithHint("pipe it in, for example: menshen credential code < key.txt").WithCause(err)
	}
	key, err := credential.ParseKey(menshen.Secret(text))
	if err != nil {
		return err
	}
	code, err := key.Code(time.Now())
	if err != nil {
		return err
	}
	a.printQR(code)
	return nil
}
