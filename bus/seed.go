package bus

import (
	"github.com/nats-io/nkeys"

	"menshen"
)

// NewSeed makes the key of a user: the seed, which its owner keeps, and the public key, which the server is told.
func NewSeed() (seed menshen.Secret, public string, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", "", menshen.Errorf(menshen.CodeInternal, "bus.seed", "a key cannot be made").WithCause(err)
	}
	defer pair.Wipe()
	raw, err := pair.Seed()
	if err != nil {
		return "", "", menshen.Errorf(menshen.CodeInternal, "bus.seed", "a key cannot be made").WithCause(err)
	}
	seed = menshen.Secret(raw)
	public, err = PublicKey(seed)
	return seed, public, err
}

// PublicKey gives the public key of a seed that NewSeed made, CodeInvalid for anything else.
func PublicKey(seed menshen.Secret) (string, error) {
	pair, err := userPair(seed)
	if err != nil {
		return "", err
	}
	defer pair.Wipe()
	public, err := pair.PublicKey()
	if err != nil {
		return "", unusableSeed()
	}
	return public, nil
}

// userPair reads a seed. The library's errors are left out: they have nothing to add, and must not quote a seed.
func userPair(seed menshen.Secret) (nkeys.KeyPair, error) {
	pair, err := nkeys.FromSeed([]byte(seed.Reveal()))
	if err != nil {
		return nil, unusableSeed()
	}
	if public, err := pair.PublicKey(); err != nil || !nkeys.IsValidPublicUserKey(public) {
		pair.Wipe()
		return nil, unusableSeed()
	}
	return pair, nil
}

func unusableSeed() error {
	return menshen.Errorf(menshen.CodeInvalid, "bus.seed", "the seed of a bus user is not usable").
		WithHint("give the seed as it was made; a user's seed begins with SU")
}
