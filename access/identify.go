package access

import (
	"strconv"
	"time"

	"menshen"
	"menshen/access/credential"
)

// identified is whom something shown at a gate belongs to.
type identified struct {
	person string // "" for nobody
	fault  menshen.CredentialFault
	note   string // for Pass.Credential
	permit string // id of the permit whose code it is
	sheet  bool   // it is printed, so anybody may carry it
	id     string // of the personal credential whose code was made at made
	made   time.Time
}

// identify finds whom something belongs to, without using it up.
func (c *Controller) identify(g *gate, p menshen.Presentation, now time.Time) identified {
	if p.Kind == menshen.CredentialQR {
		return c.identifyCode(p.Value.Reveal(), now)
	}
	if p.Kind != menshen.CredentialPIN {
		return c.identifyNumber(p) // nobody guesses the numbers of cards
	}
	if g.tries.locked(now) {
		return identified{fault: menshen.CredentialLocked}
	}
	who := c.identifyNumber(p)
	if who.fault == menshen.CredentialUnknown && g.tries.failed(now) {
		c.notices.post(now, guessLife, guessingCondition, "pin-guessing", g.info.ID)
		c.deps.Log.Warn("too many wrong PINs", "gate", g.info.ID)
	}
	return who
}

func (c *Controller) identifyNumber(p menshen.Presentation) identified {
	number, err := credential.NormalizeNumber(p.Kind, p.Value.Reveal())
	if err != nil {
		return identified{fault: menshen.CredentialUnknown}
	}
	found, ok := c.deps.Roll.CredentialByKey(p.Kind, credential.NumberHash(c.deps.Roll.Setting().NumberKey, p.Kind, number))
	if !ok {
		return identified{fault: menshen.CredentialUnknown}
	}
	who := identified{person: found.Person, note: found.ID}
	if !found.Revoked.IsZero() {
		who.fault = menshen.CredentialRevoked
	}
	return who
}

func (c *Controller) identifyCode(text string, now time.Time) identified {
	site := c.deps.Roll.Setting()
	code, ok := credential.Parse(text)
	switch {
	case !ok:
		return identified{fault: menshen.CredentialUnknown}
	case code.Site != credential.TagOf(c.cfg.Site.ID, site.PermitKey):
		return identified{fault: menshen.CredentialForeign}
	}
	var who identified
	key := site.PermitKey
	if code.Credential != "" {
		found, ok := c.deps.Roll.Credential(code.Credential)
		if !ok || found.Kind != menshen.CredentialQR {
			return identified{fault: menshen.CredentialUnknown}
		}
		key = found.Key
		who = identified{person: found.Person, id: found.ID, made: code.Made, note: found.ID + "@" + strconv.FormatInt(code.Made.Unix(), 10)}
		if !found.Revoked.IsZero() {
			who.fault = menshen.CredentialRevoked
		}
	} else {
		found, ok := c.deps.Roll.Permit(code.Permit)
		if !ok {
			return identified{fault: menshen.CredentialUnknown}
		}
		who = identified{person: found.Person, permit: found.ID, sheet: code.Sheet, note: found.ID}
		if !found.Revoked.IsZero() {
			who.fault = menshen.CredentialRevoked
		}
	}
	if !code.Verify(key) {
		return identified{fault: menshen.CredentialForged} // it names somebody, but proves nothing
	}
	if who.fault == menshen.CredentialFine {
		who.fault = c.cfg.Codes.Fault(code, now)
	}
	return who
}

// tries counts wrong PINs at one gate, so that they cannot be guessed. Used under the gate's lock.
type tries struct {
	recent []time.Time // the last wrong ones
	locks  int         // how often in a row it was locked
	until  time.Time   // locked
}

// Wrong PINs that lock a gate's keypad, and for how long: twice as long each time, until it was left in peace.
const (
	maxTries  = 5
	tryWindow = 10 * time.Minute
	firstLock = time.Minute
	maxLock   = time.Hour
	tryPeace  = 6 * time.Hour
)

func (t *tries) locked(now time.Time) bool { return now.Before(t.until) }

// failed notes a wrong PIN and says whether it was one too many.
func (t *tries) failed(now time.Time) (locks bool) {
	if now.Sub(t.until) > tryPeace {
		t.locks = 0
	}
	kept := t.recent[:0]
	for _, at := range t.recent {
		if now.Sub(at) < tryWindow {
			kept = append(kept, at)
		}
	}
	t.recent = append(kept, now)
	if len(t.recent) < maxTries {
		return false
	}
	t.recent, t.until = nil, now.Add(min(firstLock<<min(t.locks, 10), maxLock))
	t.locks++
	return true
}
