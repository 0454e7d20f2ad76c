package account

import (
	"bytes"
	"context"
	"encoding/base32"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"menshen"
)

const codeStep = 30 // seconds

// NewCode makes the key of an authenticator app, for AddCode to keep once a code of it has come.
func (b *Book) NewCode(a menshen.Account, issuer string) (secret, uri string, picture []byte, err error) {
	const op = "account.new_code"
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: a.Name})
	if err != nil {
		return "", "", nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	img, err := key.Image(240, 240)
	if err != nil {
		return "", "", nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return "", "", nil, menshen.Errorf(menshen.CodeInternal, op, "a key cannot be made").WithCause(err)
	}
	return key.Secret(), key.URL(), out.Bytes(), nil
}

// stepOf gives the time step that a code is of, after one that was used last: 0 for none. A clock may be one step off.
func (b *Book) stepOf(secret, code string, last uint64) uint64 {
	code = strings.TrimSpace(code)
	now := b.now()
	for _, off := range []time.Duration{0, -codeStep * time.Second, codeStep * time.Second} {
		at := now.Add(off)
		step := uint64(max(at.Unix(), 0)) / codeStep
		if step <= last {
			continue
		}
		ok, err := totp.ValidateCustom(code, secret, at, totp.ValidateOpts{Period: codeStep, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return step
		}
	}
	return 0
}

// AddCode keeps the key of an authenticator app, once a code shows that the app has it.
func (b *Book) AddCode(ctx context.Context, a menshen.Account, s menshen.AccountSession, secret, code string) (menshen.AccountSession, string, error) {
	const op = "account.add_code"
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(raw) < 20 {
		return s, "", menshen.Errorf(menshen.CodeInvalid, op, "secret: it is no key of an authenticator app").WithHint("begin anew")
	}
	step := b.stepOf(secret, code, 0)
	if step == 0 {
		return s, "", menshen.Errorf(menshen.CodeInvalid, op, "code: it is not the one that the app shows now").WithHint("see that the clock of the telephone is right, and type the newest code")
	}
	now := b.now().UTC()
	f := menshen.AccountFactor{ID: menshen.NewID(), Account: a.ID, Kind: "code", Name: "TOTP", Secret: []byte(secret), Step: step, Added: now}
	if err := b.store.PutAccountFactor(ctx, f); err != nil {
		return s, "", err
	}
	return b.done(ctx, s)
}

// AnswerCode completes a session with a code. Each is good once.
func (b *Book) AnswerCode(ctx context.Context, a menshen.Account, s menshen.AccountSession, code string) (menshen.AccountSession, string, error) {
	if err := b.useCode(ctx, a, code, b.now()); err != nil {
		return s, "", err
	}
	return b.done(ctx, s)
}

// useCode takes a code of a factor that was added before a time. It is not good any more then.
func (b *Book) useCode(ctx context.Context, a menshen.Account, code string, before time.Time) error {
	const op = "account.answer_code"
	key := factorTries(a)
	b.codes.Lock() // so that two calls cannot use one code, and none is tried before it is known how the last one went
	defer b.codes.Unlock()
	if err := b.tries.wait(key, longestPer); err != nil {
		return err
	}
	factors, err := b.store.AccountFactors(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, f := range factors {
		if f.Kind != "code" || f.Added.After(before) {
			continue
		}
		step := b.stepOf(string(f.Secret), code, f.Step)
		if step == 0 {
			continue
		}
		f.Step, f.Used = step, b.now().UTC()
		if err := b.store.PutAccountFactor(ctx, f); err != nil {
			return err
		}
		b.tries.clear(key)
		return nil
	}
	b.tries.fail(key)
	return menshen.Errorf(menshen.CodeDenied, op, "this code is not valid, or was used already").WithHint("wait for the next one, and see that the clock of the telephone is right")
}

// factorTries counts the failures of second factors of an account.
func factorTries(a menshen.Account) string { return "factor " + a.ID }

// RemoveFactor takes a second factor away, but not the last one of an account that needs one.
func (b *Book) RemoveFactor(ctx context.Context, a menshen.Account, id string) error {
	const op = "account.remove_factor"
	factors, err := b.store.AccountFactors(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, f := range factors {
		if f.ID != id {
			continue
		}
		if len(factors) == 1 && a.NeedsSecondFactor() {
			return menshen.Errorf(menshen.CodeDenied, op, "this account needs a second factor, and this is its last").WithHint("add another one first")
		}
		return b.store.RemoveAccountFactor(ctx, id)
	}
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no such second factor").WithHint("list them anew")
}
