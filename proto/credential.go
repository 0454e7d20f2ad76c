package proto

import (
	"bytes"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// CredentialToWire converts a credential with its key, as gates get it. People get CredentialViewToWire.
func CredentialToWire(c menshen.Credential) *menshenv1.Credential {
	m := CredentialViewToWire(c)
	m.Key = c.Key
	return m
}

// CredentialViewToWire converts a credential without its key.
func CredentialViewToWire(c menshen.Credential) *menshenv1.Credential {
	return &menshenv1.Credential{
		Id: c.ID, Person: c.Person, Kind: string(c.Kind), Label: c.Label, Issued: timeToWire(c.Issued), Revoked: timeToWire(c.Revoked),
	}
}

// CredentialFromWire converts a credential with its key and validates it.
func CredentialFromWire(m *menshenv1.Credential) (menshen.Credential, error) {
	const op = "proto.credential"
	c := menshen.Credential{
		ID: m.GetId(), Person: m.GetPerson(), Kind: menshen.CredentialKind(m.GetKind()), Key: bytes.Clone(m.GetKey()), Label: m.GetLabel(),
	}
	if err := checkText(op, "a text of the credential", c.ID, c.Person, c.Label); err != nil {
		return menshen.Credential{}, err
	}
	if err := readTimes(op,
		field{"the time of issue", m.GetIssued(), &c.Issued}, field{"the time of revocation", m.GetRevoked(), &c.Revoked},
	); err != nil {
		return menshen.Credential{}, err
	}
	if err := c.Validate(); err != nil {
		return menshen.Credential{}, err
	}
	return c, nil
}
