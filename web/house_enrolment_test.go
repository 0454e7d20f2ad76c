package web_test

import (
	"context"

	"menshen"
	"menshen/web"
)

func (h *house) EraseFace(_ context.Context, person string) error {
	return h.askedWith("erase face", person)
}

func (h *house) Look(context.Context, []byte) (web.Glance, error) {
	return web.Glance{Width: 640, Height: 480, Faces: 1, Box: menshen.Box{X: 10, Y: 20, W: 100, H: 120}, Eyes: 45, Quality: menshen.Quality{Sharpness: 0.9, Light: 0.8, Pose: 0.7}, Code: "far"}, h.did("look")
}

func (h *house) Photographs(_ context.Context, person string, limit int) ([]menshen.Photograph, error) {
	return []menshen.Photograph{{Data: []byte("jpeg"), Created: now}}, h.askedWith("photographs", [2]any{person, limit})
}

func (h *house) ConsentTexts(context.Context) ([]menshen.ConsentText, error) {
	return []menshen.ConsentText{{Version: 2, Text: menshen.Text{ZH: "同意书", EN: "Consent"}, At: now, By: "office@desk"}}, h.did("consent texts")
}

func (h *house) PutConsentText(_ context.Context, text menshen.Text, after int, by string) (int, error) {
	return after + 1, h.askedWith("put consent text", [2]any{text, by})
}

func (h *house) RecordConsent(_ context.Context, c menshen.Consent, by string) (menshen.Consent, error) {
	c.ID, c.At, c.By = "consent-1", now, by
	return c, h.askedWith("record consent", c)
}

func (h *house) Consents(_ context.Context, person string) ([]menshen.Consent, bool, error) {
	return []menshen.Consent{{ID: "consent-1", Person: person, Version: 2, Signer: "王芳", Drawn: true, At: now, By: "office@desk"}}, person == "p-1", h.did("consents")
}

func (h *house) Consent(_ context.Context, id string) (menshen.Consent, error) {
	return menshen.Consent{ID: id, Signature: "M1 2L3 4"}, h.did("signature")
}

func (h *house) Certificates(_ context.Context, person string) ([]web.Certificate, error) {
	return []web.Certificate{{Number: 1, Scope: "face", At: now, Text: menshen.Text{ZH: "销毁了密钥", EN: "destroyed the keys"}, Signed: []byte(`{"person":"` + person + `"}`), Fingerprint: "0011"}}, h.did("certificates")
}
