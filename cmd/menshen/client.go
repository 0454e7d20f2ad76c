package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/config"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
	"menshen/web/client"

	"connectrpc.com/connect"
)

const (
	tokenFile   = "operator.token"
	runningFile = "running.json"
)

// running is what a hub leaves in its data folder while it runs, so that commands find it whatever port it took.
type running struct {
	PID int    `json:"pid"`
	URL string `json:"url"`
	Key string `json:"key,omitempty"` // hash of the TLS key, see web.Server.KeyHash
}

// remote is a connection to the running hub and what answers are shown with.
type remote struct {
	*client.Client

	cfg      config.Config
	location *time.Location
	site     *menshenv1.Site
}

// dial finds the hub of the configuration and asks it for its site.
func (a *app) dial(c *cobra.Command) (*remote, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return nil, err
	}
	token, err := a.ownToken()
	if err != nil {
		return nil, err
	}
	cl, err := connectTo(cfg.DataFolder(), token)
	if err != nil {
		return nil, err
	}
	res, err := cl.Site.GetSite(c.Context(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(res.Msg.GetSite().GetTimeZone())
	if err != nil {
		loc = time.Local
	}
	return &remote{Client: cl, cfg: cfg, location: loc, site: res.Msg.GetSite()}, nil
}

// tokenVariable holds the token of whoever is not the operator.
const tokenVariable = "MENSHEN_TOKEN"

// ownToken gives the token of the person at the terminal, from --token-file or the environment; "" for the operator's, which
// is in the data folder.
func (a *app) ownToken() (web.Token, error) {
	if a.tokenPath != "" {
		token, err := web.ReadToken(a.tokenPath)
		if err != nil {
			return "", menshen.Errorf(menshen.ErrorCode(err), "cmd.token", "--token-file: %s is missing, not yours alone to read, or holds no token", a.tokenPath).
				WithHint("put in it what menshen token new printed, and chmod 600 it").WithCause(err)
		}
		return token, nil
	}
	for _, e := range a.environ {
		if value, ok := strings.CutPrefix(e, tokenVariable+"="); ok && value != "" {
			token, err := web.ParseToken(value)
			if err != nil {
				return "", menshen.Errorf(menshen.CodeInvalid, "cmd.token", "the variable %s holds no token", tokenVariable).
					WithHint("set it to what menshen token new printed, or unset it").WithCause(err)
			}
			return token, nil
		}
	}
	return "", nil
}

// connectTo connects to the hub that runs with a data folder, with the operator's token where none is given.
func connectTo(folder string, token web.Token) (*client.Client, error) {
	if token == "" {
		var err error
		token, err = web.ReadToken(filepath.Join(folder, tokenFile))
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			return nil, notRunning(folder)
		}
		if err != nil {
			return nil, err
		}
	}
	at, err := readRunning(folder)
	if err != nil {
		return nil, err
	}
	return client.New(at.URL, token, at.Key)
}

func notRunning(folder string) error {
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.dial", "no Menshen runs with the data folder %s", folder).
		WithHint("start it with: menshen serve (or name its configuration with --config)")
}

func readRunning(folder string) (running, error) {
	var r running
	b, err := os.ReadFile(filepath.Join(folder, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, notRunning(folder)
	}
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		return r, menshen.Errorf(menshen.CodeCorrupt, "cmd.dial", "the file %s in %s cannot be read", runningFile, folder).
			WithHint("restart menshen serve").WithCause(err)
	}
	if !locked(folder) {
		return r, notRunning(folder) // it was killed; whoever has its port now must not be sent the token
	}
	return r, nil
}

// writeRunning leaves the note; the caller removes it at the end.
func writeRunning(folder, url, key string) error {
	b, err := json.Marshal(running{PID: os.Getpid(), URL: url, Key: key})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, runningFile), b, 0o600)
}
