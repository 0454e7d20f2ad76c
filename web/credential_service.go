package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type credentialService struct {
	desk

	credentials Credentials
}

const (
	maxCard   = 64 // bytes of a card's number
	publicKey = 32 // bytes of an Ed25519 public key
)

// IssueCredential keeps numbers and keys out of the audit log.
func (s credentialService) IssueCredential(ctx context.Context, req *connect.Request[menshenv1.IssueCredentialRequest]) (*connect.Response[menshenv1.IssueCredentialResponse], error) {
	r, err := readCredential(req.Msg)
	if err != nil {
		return nil, err
	}
	holder, err := s.subject(ctx, "credential.issue", req.Msg.Person, map[string]any{"kind": r.Kind, "label": r.Label})
	if err != nil {
		return nil, err
	}
	r.Person = holder.ID
	c, err := s.credentials.IssueCredential(ctx, r)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.IssueCredentialResponse{Credential: proto.CredentialViewToWire(c.Credential), Secret: c.Secret.Reveal()}), nil
}

func readCredential(m *menshenv1.IssueCredentialRequest) (r CredentialRequest, err error) {
	const op = "web.credential"
	r = CredentialRequest{Kind: menshen.CredentialKind(m.Kind), PublicKey: m.PublicKey}
	card, err := readLine("card", m.Card)
	if err != nil {
		return r, err
	}
	r.Card = menshen.Secret(card)
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	switch r.Kind {
	case menshen.CredentialQR:
		if len(r.PublicKey) != 0 && len(r.PublicKey) != publicKey {
			return r, bad("public_key: it has %d bytes", len(r.PublicKey)).WithHint("send an Ed25519 public key of 32 bytes, or none")
		}
	case menshen.CredentialCard:
		if card == "" || len(card) > maxCard {
			return r, bad("card: the number is missing or too long").WithHint("read the card with a reader and give its number")
		}
	case menshen.CredentialPIN:
	default:
		return r, bad("kind: %q is unknown", m.Kind).WithHint("use qr, pin or card")
	}
	if card != "" && r.Kind != menshen.CredentialCard || len(r.PublicKey) != 0 && r.Kind != menshen.CredentialQR {
		return r, bad("card or public_key: a credential of kind %s has none", r.Kind).WithHint("leave it out")
	}
	r.Label, err = readLine("label", m.Label)
	return r, err
}

func (s credentialService) RevokeCredential(ctx context.Context, req *connect.Request[menshenv1.RevokeCredentialRequest]) (*connect.Response[menshenv1.RevokeCredentialResponse], error) {
	id, err := readID("credential", req.Msg.Credential)
	if err != nil {
		return nil, err
	}
	reason, err := readReason(req.Msg.Reason)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "credential.revoke", id, reason, nil); err != nil {
		return nil, err
	}
	if err := s.credentials.RevokeCredential(ctx, id); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RevokeCredentialResponse{}), nil
}

func (s credentialService) ListCredentials(ctx context.Context, req *connect.Request[menshenv1.ListCredentialsRequest]) (*connect.Response[menshenv1.ListCredentialsResponse], error) {
	holder, err := s.subject(ctx, "credentials.list", req.Msg.Person, nil)
	if err != nil {
		return nil, err
	}
	all, err := s.credentials.Credentials(ctx, holder.ID)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ListCredentialsResponse{Credentials: credentialsToWire(all)}), nil
}

// credentialsToWire leaves the keys out: only gates need them.
func credentialsToWire(all []menshen.Credential) (out []*menshenv1.Credential) {
	for _, c := range all {
		out = append(out, proto.CredentialViewToWire(c))
	}
	return out
}
