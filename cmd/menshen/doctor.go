package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{Use: "doctor", RunE: func(c *cobra.Command, _ []string) error { _, err := fmt.Fprintln(a.out, ""); return err }}
}
