package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"menshen"
)

// Post gives the post of an id.
func (c Config) Post(id string) (Post, error) {
	for _, p := range c.Posts {
		if p.ID == id {
			return p, nil
		}
	}
	return Post{}, menshen.Errorf(menshen.CodeNotFound, "config.post", "the configuration has no post %q", id).
		WithHint("list it under posts with its gates")
}

// PostOf gives the post that a gate belongs to, "" for one that the hub decides at itself.
func (c Config) PostOf(gate string) string {
	for _, p := range c.Posts {
		for _, g := range p.Gates {
			if g == gate {
				return p.ID
			}
		}
	}
	return ""
}

// Only gives the configuration of a part of the site: the cameras and doors of the gates that keep says true of.
func (c Config) Only(keep func(gate string) bool) Config {
	cameras, doors := c.Cameras, c.Doors
	c.Cameras, c.Doors = nil, nil
	for _, cam := range cameras {
		if keep(cam.Gate) {
			c.Cameras = append(c.Cameras, cam)
		}
	}
	for _, d := range doors {
		if keep(d.Gate) {
			c.Doors = append(c.Doors, d)
		}
	}
	return c
}

// PostFolder is where a post's data lie.
func (c Config) PostFolder(id string) string { return filepath.Join(c.DataFolder(), "post-"+id) }

// HubAddress is where a post finds the hub's bus.
func (c Config) HubAddress(p Post) string {
	if p.Hub != "" {
		if u, err := url.Parse(p.Hub); err == nil && u.Scheme == "nats" && loopback(u.Hostname()) && Reachable(c.Bus.Listen) {
			return "tls://" + u.Host // on the hub's machine, whose bus speaks TLS since others reach it
		}
		return p.Hub
	}
	host, port, err := net.SplitHostPort(c.Bus.Listen)
	if err != nil || loopback(host) {
		return "nats://" + c.Bus.Listen
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "tls://" + net.JoinHostPort(host, port)
}

func (c Config) checkPosts() error {
	gates, taken, seen := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, g := range c.Site.Gates {
		gates[g.ID] = true
	}
	for i, p := range c.Posts {
		key := func(name string) string { return fmt.Sprintf("posts[%d] (%s).%s", i, p.ID, name) }
		if err := menshen.ValidateSlug("post", p.ID); err != nil {
			return err
		}
		if seen[p.ID] {
			return invalid(key("id"), "is used twice").WithHint("give each post its own id")
		}
		seen[p.ID] = true
		if len(p.Gates) == 0 {
			return invalid(key("gates"), "there is none").WithHint("name the gates that the post decides at")
		}
		for _, g := range p.Gates {
			if !gates[g] {
				return invalid(key("gates"), "there is no gate %q", g).WithHint("list it under site.gates, or correct the name")
			}
			if taken[g] != "" {
				return invalid(key("gates"), "gate %q belongs to the post %q already", g, taken[g]).WithHint("a gate has one post")
			}
			taken[g] = p.ID
		}
		u, err := url.Parse(c.HubAddress(p))
		if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Port() == "" {
			return invalid(key("hub"), "%q is no address of a bus", p.Hub).WithHint("write it like tls://192.0.2.1:4222, or nats://127.0.0.1:4222 on the hub's machine")
		}
		if u.Scheme == "nats" && !loopback(u.Hostname()) {
			return invalid(key("hub"), "%q is on another machine, without encryption", p.Hub).WithHint("write it with tls://, and give the hub's bus.listen an address that this machine reaches")
		}
		for name, address := range map[string]string{"bus": p.Bus, "web": p.Web} {
			if host, _, err := net.SplitHostPort(address); address != "" && (err != nil || host == "") {
				return invalid(key(name), "%q cannot be listened on", address).WithHint("write it like 127.0.0.1:8081; port 0 takes any free one")
			}
		}
		if err := checkHosts(key("hosts"), p.Hosts); err != nil {
			return err
		}
	}
	return nil
}
