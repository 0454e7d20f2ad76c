package roll

import (
	"strings"
	"sync"
	"time"

	"menshen"
)

// credentials are what people can show in the place of a face.
type credentials struct {
	mu    sync.RWMutex
	byID  map[string]*menshen.Credential // what they lead to never changes
	byKey map[credentialKey]*menshen.Credential
}

type credentialKey struct {
	kind menshen.CredentialKind
	key  [32]byte
}

func keyOf(kind menshen.CredentialKind, key []byte) (k credentialKey, ok bool) {
	k.kind = kind
	return k, copy(k.key[:], key) == 32 && len(key) == 32
}

func (c *credentials) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID, c.byKey = map[string]*menshen.Credential{}, map[credentialKey]*menshen.Credential{}
}

// apply takes a credential in. Of two with one key the one that is good is found by it.
func (c *credentials) apply(id string, given *menshen.Credential) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.byID[id]; old != nil {
		delete(c.byID, id)
		if k, ok := keyOf(old.Kind, old.Key); ok && c.byKey[k] == old {
			delete(c.byKey, k)
		}
	}
	if given == nil {
		return
	}
	kept := *given
	c.byID[id] = &kept
	if k, ok := keyOf(kept.Kind, kept.Key); ok {
		if other := c.byKey[k]; other == nil || !other.Revoked.IsZero() || kept.Revoked.IsZero() {
			c.byKey[k] = &kept
		}
	}
}

// Credential gives a credential by its id. Its Key is shared: not to be changed.
func (r *Roll) Credential(id string) (menshen.Credential, bool) {
	r.credentials.mu.RLock()
	c := r.credentials.byID[id]
	r.credentials.mu.RUnlock()
	if c == nil {
		return menshen.Credential{}, false
	}
	return *c, true
}

// CredentialByKey gives a credential by its kind and key, 32 bytes: of PIN and card the keyed hash of the number. One that is
// revoked is found too while no other has the key.
func (r *Roll) CredentialByKey(kind menshen.CredentialKind, key []byte) (menshen.Credential, bool) {
	k, ok := keyOf(kind, key)
	if !ok {
		return menshen.Credential{}, false
	}
	r.credentials.mu.RLock()
	c := r.credentials.byKey[k]
	r.credentials.mu.RUnlock()
	if c == nil {
		return menshen.Credential{}, false
	}
	return *c, true
}

// codes are when the last code of each credential was made that somebody used.
type codes struct {
	mu   sync.Mutex
	last map[string]int64 // Unix seconds
}

// maxCodes bounds how many credentials are remembered before old ones are forgotten; codeMemory is for how long at least
// they are. Codes live for seconds.
const (
	maxCodes   = 1 << 17
	codeMemory = 24 * time.Hour
)

func (c *codes) init() { c.last = map[string]int64{} }

// use notes a code and says whether it, or a later one, was used before.
func (c *codes) use(credential string, made int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.last[credential]
	if known && made <= before {
		return true
	}
	if !known && len(c.last) >= maxCodes {
		for id, at := range c.last {
			if made-at > int64(codeMemory/time.Second) {
				delete(c.last, id)
			}
		}
	}
	if !known {
		credential = strings.Clone(credential)
	}
	c.last[credential] = made
	return false
}

// UsedCode notes that a code of a credential was shown, and reports whether it was used before: the time of making of the
// codes of a credential, in seconds, must grow. Of two gates that are shown the same code at once each finds it new until
// they hear of each other's passes.
func (r *Roll) UsedCode(credential string, issuedAt time.Time) bool {
	return r.codes.use(credential, issuedAt.Unix())
}
