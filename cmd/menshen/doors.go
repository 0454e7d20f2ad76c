package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"menshen"
	"menshen/access/door"
	"menshen/bus"
	"menshen/config"
)

// openDoors makes the driver of every gate. A new driver is one more case here.
func openDoors(cfg config.Config, site menshen.Site, asker door.Asker, log *slog.Logger) (*door.Gates, error) {
	drivers := map[string]door.Driver{}
	for _, g := range site.Gates {
		drivers[g.ID] = door.NewNone(log)
		if cfg.Simulated() { // so that there is something to hold, lock and open in an emergency
			driver, err := door.NewSimulated(door.SimulatedConfig{Gate: g.ID, Limit: cfg.Access.DoorLimit})
			if err != nil {
				return nil, err
			}
			drivers[g.ID] = driver
		}
	}
	for _, d := range cfg.Doors {
		switch d.Driver {
		case "nats":
			driver, err := door.NewBus(asker, cfg.Access.DoorLimit)
			if err != nil {
				return nil, err
			}
			drivers[d.Gate] = driver
		case "http":
			actions := map[menshen.DoorAction]string{}
			for action, address := range d.Actions {
				actions[menshen.DoorAction(action)] = address
			}
			driver, err := door.NewHTTP(door.HTTPConfig{URL: d.URL, URLs: actions, Method: d.Method, Secret: d.Secret, Limit: cfg.Access.DoorLimit})
			if err != nil {
				return nil, err
			}
			drivers[d.Gate] = driver
		case "onvif":
			driver, err := door.NewONVIF(door.ONVIFConfig{URL: d.URL, User: d.User, Password: d.Secret, Token: d.Token, Limit: cfg.Access.DoorLimit})
			if err != nil {
				return nil, err
			}
			drivers[d.Gate] = driver
		case "simulated":
			driver, err := door.NewSimulated(door.SimulatedConfig{Gate: d.Gate, Limit: cfg.Access.DoorLimit})
			if err != nil {
				return nil, err
			}
			drivers[d.Gate] = driver
		}
	}
	return door.NewGates(drivers), nil
}

// doorKeys gives the public key of every door controller on the bus. The seed of each is made once and lies in the data
// folder, for the controller to be set up with.
func doorKeys(cfg config.Config, data *dataFolder) (map[string]string, error) {
	keys := map[string]string{}
	for _, d := range cfg.Doors {
		if d.Driver != "nats" {
			continue
		}
		public, err := doorKey(data.file("door-" + d.Gate + ".nk"))
		if err != nil {
			return nil, err
		}
		keys[d.Gate] = public
	}
	return keys, nil
}

// postKeys gives the public key and the gates of every post. The seed of each is made once and lies in the data folder, to be
// copied to the post's machine.
func postKeys(cfg config.Config, data *dataFolder) (map[string]bus.Post, error) {
	posts := map[string]bus.Post{}
	for _, p := range cfg.Posts {
		public, err := doorKey(data.file(postKeyFile(p.ID)))
		if err != nil {
			return nil, err
		}
		posts[p.ID] = bus.Post{Key: public, Gates: p.Gates}
	}
	return posts, nil
}

func postKeyFile(id string) string { return "post-" + id + ".nk" }

func doorKey(path string) (public string, err error) {
	const op = "cmd.door_key"
	b, err := os.ReadFile(path)
	if err == nil {
		return bus.PublicKey(menshen.Secret(strings.TrimSpace(string(b))))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", diskError(op, path, err)
	}
	seed, public, err := bus.NewSeed()
	if err != nil {
		return "", err
	}
	if err := keepFile(path, []byte(seed.Reveal()+"\n")); err != nil {
		return "", diskError(op, path, err)
	}
	return public, nil
}
