package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// consentService keeps what people said to the use of their face.
type consentService struct {
	desk

	consents Consents
	enroller Enroller
	proofs   Certificates
}

// ListConsentTexts tells of nobody, so it is not recorded.
func (s consentService) ListConsentTexts(ctx context.Context, _ *connect.Request[menshenv1.ListConsentTextsRequest]) (*connect.Response[menshenv1.ListConsentTextsResponse], error) {
	all, err := s.consents.ConsentTexts(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListConsentTextsResponse{}
	for _, t := range all {
		res.Texts = append(res.Texts, &menshenv1.ConsentText{Version: count(t.Version), Text: proto.TextToWire(t.Text), At: timeToWire(t.At), By: t.By})
	}
	return connect.NewResponse(res), nil
}

func (s consentService) PutConsentText(ctx context.Context, req *connect.Request[menshenv1.PutConsentTextRequest]) (*connect.Response[menshenv1.PutConsentTextResponse], error) {
	if err := s.recorder.record(ctx, "consent.text", "", "", map[string]any{"after": req.Msg.After}); err != nil {
		return nil, err
	}
	version, err := s.consents.PutConsentText(ctx, proto.TextFromWire(req.Msg.Text), int(req.Msg.After), callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutConsentTextResponse{Version: count(version)}), nil
}

// RecordConsent erases the face of whoever refuses.
func (s consentService) RecordConsent(ctx context.Context, req *connect.Request[menshenv1.RecordConsentRequest]) (*connect.Response[menshenv1.RecordConsentResponse], error) {
	m := req.Msg
	person, err := readID("person", m.Person)
	if err != nil {
		return nil, err
	}
	signer, err := readLine("signer", m.Signer)
	if err != nil {
		return nil, err
	}
	action := "consent.give"
	if m.Refused {
		action = "consent.refuse"
	}
	if err := s.recorder.record(ctx, action, person, "", map[string]any{"version": m.Version, "guardian": m.Guardian}); err != nil {
		return nil, err
	}
	c, err := s.consents.RecordConsent(ctx, menshen.Consent{
		Person: person, Refused: m.Refused, Version: int(m.Version), Signer: signer, Guardian: m.Guardian, Signature: menshen.Signature(m.Signature),
	}, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	if m.Refused {
		// The no is on record: the face goes also where the browser has gone meanwhile.
		if err := s.enroller.EraseFace(context.WithoutCancel(ctx), person); err != nil {
			return nil, err
		}
	}
	return connect.NewResponse(&menshenv1.RecordConsentResponse{Consent: consentToWire(c)}), nil
}

func (s consentService) ListConsents(ctx context.Context, req *connect.Request[menshenv1.ListConsentsRequest]) (*connect.Response[menshenv1.ListConsentsResponse], error) {
	person, err := readID("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "consents.list", person, "", nil); err != nil {
		return nil, err
	}
	all, enrollable, err := s.consents.Consents(ctx, person)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListConsentsResponse{Enrollable: enrollable}
	for _, c := range all {
		res.Consents = append(res.Consents, consentToWire(c))
	}
	return connect.NewResponse(res), nil
}

func (s consentService) GetSignature(ctx context.Context, req *connect.Request[menshenv1.GetSignatureRequest]) (*connect.Response[menshenv1.GetSignatureResponse], error) {
	id, err := readID("consent", req.Msg.Consent)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "consent.signature", id, "", nil); err != nil {
		return nil, err
	}
	c, err := s.consents.Consent(ctx, id)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.GetSignatureResponse{Signature: string(c.Signature)}), nil
}

// ListErasureCertificates gives what the office hands to whoever was erased.
func (s consentService) ListErasureCertificates(ctx context.Context, req *connect.Request[menshenv1.ListErasureCertificatesRequest]) (*connect.Response[menshenv1.ListErasureCertificatesResponse], error) {
	person, err := readID("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "erasures.list", person, "", nil); err != nil {
		return nil, err
	}
	all, err := s.proofs.Certificates(ctx, person)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListErasureCertificatesResponse{}
	for _, c := range all {
		res.Certificates = append(res.Certificates, &menshenv1.ErasureCertificate{
			Number: uint64(max(c.Number, 0)), Scope: c.Scope, At: timeToWire(c.At), Text: proto.TextToWire(c.Text), Signed: string(c.Signed), Fingerprint: c.Fingerprint, //nolint:gosec // not negative
		})
	}
	return connect.NewResponse(res), nil
}

func consentToWire(c menshen.Consent) *menshenv1.Consent {
	return &menshenv1.Consent{
		Id: c.ID, Person: c.Person, Refused: c.Refused, Version: count(c.Version), Signer: c.Signer, Guardian: c.Guardian, Drawn: c.Drawn,
		At: timeToWire(c.At), By: c.By, Ended: timeToWire(c.Ended),
	}
}
