package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/tracing/chain"
)

// chainQuestion is what menshen trace chain is asked with.
type chainQuestion struct {
	contacts, root, from, to, ties, direction, format string
	generations                                       int
	directed, all                                     bool
}

func (a *app) traceChainCommand() *cobra.Command {
	var q chainQuestion
	c := &cobra.Command{
		Use: "chain --contacts FILE.csv (--root ID | --all-roots)", Short: "Who could have been reached from somebody over a list of contacts from elsewhere; no hub is needed", Args: cobra.NoArgs,
		Long: `Who could have been reached from a root over a list of contacts from elsewhere, in which generation, when at the earliest and by
which path. No hub is needed, and nothing is kept.

The file is CSV in any encoding, or XLSX, with the columns person_a,person_b,start,end in any order, times in RFC 3339. Where start
and end are the same it is an instant. Lines that name somebody with themselves are left out, and how many they are is told. Below
the heading there may be none.

Somebody who is exposed passes it on in contacts that end after that; a contact that began before counts from then on. "After" is
strict with --ties exclude; with --ties include what ends at the very time of exposure counts too. Somebody's generation is the
fewest contacts that lead to them, their exposure the earliest that so many contacts allow.

With --direction backward it is asked who could have reached the root; exposed_at is then the latest time at which they could have
passed it on so that it still came to the root.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.traceChain(c, q) },
	}
	f := c.Flags()
	f.StringVar(&q.contacts, "contacts", "", "file with the contacts; - for standard input")
	f.StringVar(&q.root, "root", "", "person from whom to start, as the file writes them")
	f.BoolVar(&q.all, "all-roots", false, "start from everybody in turn, and print one JSON object a line for each")
	f.StringVar(&q.from, "from", "", "leave out what was before: RFC 3339, or 2020-03-01T08:00 in UTC")
	f.StringVar(&q.to, "to", "", "leave out what was at that time or later, in the same form")
	f.IntVar(&q.generations, "generations", 0, "at most so many; all if absent")
	f.StringVar(&q.ties, "ties", "exclude", "include or exclude contacts that end at the very time of exposure")
	f.BoolVar(&q.directed, "directed", false, "person_a passes it to person_b, never the other way")
	f.StringVar(&q.direction, "direction", "forward", "forward: whom the root reached; backward: who reached the root")
	f.StringVar(&q.format, "format", "table", "table or json; json with --all-roots")
	_ = c.MarkFlagRequired("contacts")
	return c
}

func (a *app) traceChain(c *cobra.Command, q chainQuestion) error {
	o, err := q.options(c)
	if err != nil {
		return err
	}
	contacts, err := a.readContacts(q.contacts)
	if err != nil {
		return err
	}
	g, err := chain.New(contacts, o)
	if err != nil {
		return err
	}
	if q.all {
		return a.chainsOfAll(c, g)
	}
	answer, err := g.Reach(q.root)
	if err != nil {
		return err
	}
	if q.format == "json" {
		return writeJSON(a.out, answer)
	}
	a.printChains(answer, o.Backward)
	return nil
}

// options checks the flags before anything is read.
func (q *chainQuestion) options(c *cobra.Command) (o chain.Options, err error) {
	const op, bad = "cmd.chain", menshen.CodeInvalid
	switch {
	case q.format != "table" && q.format != "json":
		return o, menshen.Errorf(bad, op, "--format: %q is not known", q.format).WithHint("use table or json")
	case q.ties != "include" && q.ties != "exclude":
		return o, menshen.Errorf(bad, op, "--ties: %q is not known", q.ties).WithHint("use include or exclude")
	case q.direction != "forward" && q.direction != "backward":
		return o, menshen.Errorf(bad, op, "--direction: %q is not known", q.direction).WithHint("use forward or backward")
	case c.Flags().Changed("generations") && q.generations < 1:
		return o, menshen.Errorf(bad, op, "--generations: %d is less than one", q.generations).WithHint("use 1 or more, or leave it out for all")
	case q.all == (q.root != ""):
		return o, menshen.Errorf(bad, op, "either --root or --all-roots is needed").WithHint("name one person with --root, or give --all-roots alone")
	case q.all && c.Flags().Changed("format") && q.format != "json":
		return o, menshen.Errorf(bad, op, "--format: --all-roots prints JSON alone").WithHint("use --format json, or --root for a table")
	}
	o = chain.Options{Generations: q.generations, TiesIncluded: q.ties == "include", Directed: q.directed, Backward: q.direction == "backward"}
	for _, x := range []struct {
		flag, text string
		to         *time.Time
	}{{"--from", q.from, &o.From}, {"--to", q.to, &o.To}} {
		t, err := parseTime(x.flag, x.text, time.UTC)
		if err != nil {
			return o, err
		}
		if t != nil {
			*x.to = t.AsTime()
		}
	}
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		return o, menshen.Errorf(bad, op, "--to: %s does not lie after --from %s", q.to, q.from).WithHint("give a later end")
	}
	return o, nil
}

// readContacts reads the list. Lines that are wrong are told one by one; then nothing is read at all.
func (a *app) readContacts(path string) ([]chain.Contact, error) {
	const op = "cmd.chain"
	if path == "-" {
		return a.contactsFrom(a.in, path)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no file %s", path).WithHint("check the path").WithCause(err)
	case err != nil:
		return nil, menshen.Errorf(menshen.CodeDenied, op, "the file %s cannot be read", path).WithHint("check its permissions").WithCause(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s is a folder", path).WithHint("name a file")
	}
	return a.contactsFrom(f, path)
}

func (a *app) contactsFrom(r io.Reader, path string) ([]chain.Contact, error) {
	contacts, err := chain.Read(r)
	problems, ok := errors.AsType[*chain.Problems](err)
	if !ok {
		selves := 0
		for i := range contacts {
			if contacts[i].A == contacts[i].B {
				selves++
			}
		}
		if selves > 0 {
			fmt.Fprintln(a.err, a.either(fmt.Sprintf("略去与自己接触的行：%d", selves), fmt.Sprintf("lines left out that name somebody with themselves: %d", selves)))
		}
		return contacts, err
	}
	for _, p := range problems.First {
		line := a.either(fmt.Sprintf("第 %d 行：", p.Line), fmt.Sprintf("line %d: ", p.Line))
		fmt.Fprintln(a.err, line+a.said(p.Err.Message))
	}
	if more := problems.Count - len(problems.First); more > 0 {
		fmt.Fprintln(a.err, a.either(fmt.Sprintf("另有 %d 行有误", more), fmt.Sprintf("and %d more", more)))
	}
	return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.chain", "%d of %d lines of %s are wrong; nothing was read", problems.Count, problems.Rows, path).
		WithHint("%s", problems.First[0].Err.Hint).WithCause(err)
}

// chainsOfAll prints one object a line for everybody.
func (a *app) chainsOfAll(c *cobra.Command, g *chain.Graph) error {
	w := bufio.NewWriter(a.out)
	enc := json.NewEncoder(w)
	for _, root := range g.People() {
		if err := c.Context().Err(); err != nil {
			return err
		}
		answer, err := g.Reach(root)
		if err != nil {
			return err
		}
		if err := enc.Encode(answer); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (a *app) printChains(answer chain.Answer, backward bool) {
	if len(answer.People) == 0 {
		if backward {
			a.tell("没有人可能传给 "+answer.Root+"。", "Nobody could have reached "+answer.Root+".")
		} else {
			a.tell(answer.Root+" 没有可能传给任何人。", answer.Root+" could have reached nobody.")
		}
		return
	}
	when, arrow := a.either("最早暴露", "exposed"), " → "
	if backward {
		when, arrow = a.either("最晚传出", "passed on by"), " ← "
	}
	t := newTable(a.either("代", "generation"), a.either("人员", "person"), when, a.either("传播链", "chain"))
	for _, p := range answer.People {
		t.add(fmt.Sprint(p.Generation), p.Person, p.ExposedAt.Format(time.RFC3339Nano), strings.Join(p.Path, arrow))
	}
	t.print(a.out)
	last := answer.People[len(answer.People)-1].Generation
	a.tell(fmt.Sprintf("共 %d 人，%d 代", len(answer.People), last), fmt.Sprintf("people %d, generations %d", len(answer.People), last))
}
