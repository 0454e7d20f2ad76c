package account

import (
	"fmt"

	"menshen"
)

// Junk counts a failed sign-in by each of so many names that nobody has, each from an address of its own, as SignIn does, without what it
// costs to hash their passwords.
func (b *Book) Junk(from, to int) {
	for i := from; i < to; i++ {
		for _, l := range b.limits(menshen.Account{}, false, fmt.Sprintf("junk-%d", i), "", fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff)) {
			l.of.fail(l.key)
		}
	}
}

// Tracked is how many failures are kept.
func (b *Book) Tracked() int { return len(b.tries.by) + len(b.strangers.by) }

// MaxTracked is how many of each kind may be.
const MaxTracked = maxTracked
