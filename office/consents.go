package office

import (
	"context"
	_ "embed"
	"strings"
	"unicode/utf8"

	"menshen"
)

//go:embed consent/default.zh.txt
var defaultConsentZH string

//go:embed consent/default.en.txt
var defaultConsentEN string

const (
	maxConsentText = 8000 // characters, in each language
	maxSigner      = 80   // characters
)

// ConsentTexts gives all versions of what people are told, latest first. The one that comes with Menshen is kept as the first
// where there is none, so that a version always means the same words.
func (o *Office) ConsentTexts(ctx context.Context) ([]menshen.ConsentText, error) {
	o.writing.Lock()
	defer o.writing.Unlock()
	return o.consentTexts(ctx)
}

func (o *Office) consentTexts(ctx context.Context) ([]menshen.ConsentText, error) {
	all, err := o.deps.Store.ConsentTexts(ctx)
	if err != nil || len(all) > 0 {
		return all, err
	}
	first := menshen.ConsentText{
		Text: menshen.Text{ZH: strings.TrimSpace(defaultConsentZH), EN: strings.TrimSpace(defaultConsentEN)}, At: o.deps.Clock(), By: "menshen",
	}
	if _, err := o.deps.Store.AddConsentText(ctx, first, 0); err != nil {
		return nil, err
	}
	return o.deps.Store.ConsentTexts(ctx)
}

// PutConsentText keeps another text under the next version, which it gives: from then on it is the one to consent to.
// CodeConflict where the latest is not the one that was changed.
func (o *Office) PutConsentText(ctx context.Context, text menshen.Text, after int, by string) (int, error) {
	const op = "office.consent_text"
	text = menshen.Text{ZH: strings.TrimSpace(text.ZH), EN: strings.TrimSpace(text.EN)}
	if text.ZH == "" || text.EN == "" {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "the consent text is empty in one language").WithHint("write it in Chinese and in English")
	}
	for _, t := range []string{text.ZH, text.EN} {
		if !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxConsentText {
			return 0, menshen.Errorf(menshen.CodeInvalid, op, "the consent text is too long").WithHint("use at most %d characters", maxConsentText)
		}
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	all, err := o.consentTexts(ctx)
	if err != nil {
		return 0, err
	}
	if all[0].Version == after && all[0].Text == text {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "the consent text is the same as before").WithHint("change it, or leave it as it is")
	}
	return o.deps.Store.AddConsentText(ctx, menshen.ConsentText{Text: text, At: o.deps.Clock(), By: by}, after)
}

// RecordConsent keeps what somebody said to the latest text. For a child under 14 a guardian must sign; a refusal needs no
// signer. CodeConflict for another text than the latest.
func (o *Office) RecordConsent(ctx context.Context, c menshen.Consent, by string) (menshen.Consent, error) {
	const op = "office.consent"
	c.Signer = strings.TrimSpace(c.Signer)
	switch {
	case !utf8.ValidString(c.Signer) || utf8.RuneCountInString(c.Signer) > maxSigner:
		return c, menshen.Errorf(menshen.CodeInvalid, op, "the signer's name is not usable").WithHint("use at most %d characters", maxSigner)
	case c.Signer == "" && !c.Refused:
		return c, menshen.Errorf(menshen.CodeInvalid, op, "nobody has signed the consent").WithHint("write the name of whoever consents, and have them sign")
	}
	if err := c.Signature.Validate(); err != nil {
		return c, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	p, err := o.deps.Store.Person(ctx, c.Person)
	if err != nil {
		return c, err
	}
	with, err := o.deps.Store.Particulars(ctx, p.ID)
	if err != nil {
		return c, err
	}
	if with.Child(o.deps.Clock()) && !c.Guardian && !c.Refused {
		return c, menshen.Errorf(menshen.CodeInvalid, op, "%s is a child under %d and cannot consent", p.Name, menshen.AgeOfConsent).
			WithHint("have a parent or another guardian sign")
	}
	texts, err := o.consentTexts(ctx)
	if err != nil {
		return c, err
	}
	if c.Version != texts[0].Version {
		return c, menshen.Errorf(menshen.CodeConflict, op, "the consent text has changed: version %d is the latest", texts[0].Version).
			WithHint("show the new text and ask again")
	}
	c.ID, c.At, c.By, c.Drawn = menshen.NewID(), o.deps.Clock(), by, c.Signature != ""
	return c, o.deps.Store.AddConsent(ctx, c)
}

// Consented is nil for whoever has consented to the latest text, by a guardian for a child under 14; CodeMissing for others.
func (o *Office) Consented(ctx context.Context, person string) error {
	_, enrollable, err := o.Consents(ctx, person)
	if err == nil && !enrollable {
		err = menshen.Errorf(menshen.CodeMissing, "office.consent", "there is no consent of this person to the latest text").
			WithHint("ask for it and record it first; whoever says no gets a QR, a card or a PIN")
	}
	return err
}

// Consents gives what somebody said, latest first, and whether their face may be enrolled: there is a consent to the latest text, by
// a guardian for a child under 14.
func (o *Office) Consents(ctx context.Context, person string) (all []menshen.Consent, enrollable bool, err error) {
	texts, err := o.ConsentTexts(ctx)
	if err != nil {
		return nil, false, err
	}
	all, err = o.deps.Store.Consents(ctx, person)
	if err != nil || len(all) == 0 {
		return all, false, err
	}
	c := all[0]
	if !c.Ended.IsZero() || c.Refused || c.Version != texts[0].Version {
		return all, false, nil
	}
	if c.Guardian {
		return all, true, nil
	}
	with, err := o.deps.Store.Particulars(ctx, person)
	return all, err == nil && !with.Child(o.deps.Clock()), err
}

// Consent gives one with its signature, or CodeNotFound.
func (o *Office) Consent(ctx context.Context, id string) (menshen.Consent, error) {
	return o.deps.Store.Consent(ctx, id)
}
