package chain_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen/tracing/chain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// second gives a time so many seconds after a fixed one.
func second(n int) time.Time { return time.Date(2020, 3, 1, 8, 0, n, 0, time.UTC) }

// met is a contact in seconds.
func met(a, b string, start, end int) chain.Contact {
	return chain.Contact{A: a, B: b, Start: second(start), End: second(end)}
}

func mustGraph(tb testing.TB, contacts []chain.Contact, o chain.Options) *chain.Graph {
	tb.Helper()
	g, err := chain.New(contacts, o)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func mustReach(tb testing.TB, g *chain.Graph, root string) chain.Answer {
	tb.Helper()
	a, err := g.Reach(root)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// mustShared gives a file of ../shared beside the repository. A machine without it skips the test loudly; in CI that is a
// failure.
func mustShared(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join("..", "..", "..", "shared", "testdata", "tracing", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs ../shared/testdata/tracing/%s", name)
		}
		tb.Skipf("SKIPPED: needs ../shared/testdata/tracing/%s", name)
	}
	return path
}

func mustContacts(tb testing.TB, path string) []chain.Contact {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	contacts, err := chain.Read(f)
	if err != nil {
		tb.Fatal(err)
	}
	return contacts
}
