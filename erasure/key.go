package erasure

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"

	"menshen"
)

// context begins what is signed, so that no signature of another kind passes for one of a certificate.
const context = Format + "\n"

// Key signs the certificates of a site.
type Key struct{ private ed25519.PrivateKey }

// Seed derives the seed of a site's signing key from the site's key, 32 bytes (HKDF with SHA-256, RFC 5869).
func Seed(siteKey []byte) ([]byte, error) {
	seed, err := hkdf.Key(sha256.New, siteKey, nil, "menshen erasure certificate v1", ed25519.SeedSize)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "erasure.key", "the key of the site cannot be used").WithCause(err)
	}
	return seed, nil
}

// NewKey makes the key of a seed of 32 bytes.
func NewKey(seed []byte) (Key, error) {
	if len(seed) != ed25519.SeedSize {
		return Key{}, menshen.Errorf(menshen.CodeInvalid, "erasure.key", "the key of the site cannot be used")
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

// Public is what checks the key's certificates, base64.
func (k Key) Public() string {
	return base64.StdEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
}

// Fingerprint is a short name of a public key in base64, to be compared by people.
func Fingerprint(public string) string {
	sum := sha256.Sum256([]byte(public))
	return hex.EncodeToString(sum[:8])
}

// Sign completes a certificate: its words, its key, and its signature. It gives the canonical JSON, one line without an end of line.
func (k Key) Sign(c Certificate) ([]byte, error) {
	c.Format, c.Key, c.Signature = Format, k.Public(), ""
	c.Text = c.describe()
	if err := c.check(); err != nil {
		return nil, err
	}
	signed, err := signedBytes(c)
	if err != nil {
		return nil, err
	}
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(k.private, signed))
	return canonical(c)
}

// canonical gives JSON with sorted keys, no spaces and no escapes beyond what JSON needs (RFC 8785, of texts and whole numbers alone).
func canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "erasure.canonical", "a certificate cannot be written").WithCause(err)
	}
	return canonicalText(b)
}

func canonicalText(text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var any map[string]any
	if err := d.Decode(&any); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(any); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// signedBytes is what the signature is over: the canonical JSON without the signature, after the context.
func signedBytes(c Certificate) ([]byte, error) {
	c.Signature = ""
	b, err := canonical(c)
	return append([]byte(context), b...), err
}

// Read reads a certificate and checks its signature by the key in it. Whether that key is the site's is for the caller to compare:
// anybody can sign with a key of their own. CodeInvalid for what is no certificate, CodeDenied for one that was changed.
func Read(text []byte) (Certificate, error) {
	const op = "erasure.read"
	var c Certificate
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // else something could be added that nobody signed
	if err := d.Decode(&c); err != nil {
		return Certificate{}, menshen.Errorf(menshen.CodeInvalid, op, "this is no erasure certificate").
			WithHint("give a file as the office or menshen erasure list wrote it").WithCause(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Certificate{}, menshen.Errorf(menshen.CodeInvalid, op, "there is more than one certificate in the file").WithHint("give them one by one")
	}
	if err := c.check(); err != nil {
		return Certificate{}, err
	}
	public, err := base64.StdEncoding.Strict().DecodeString(c.Key)
	signature, err2 := base64.StdEncoding.Strict().DecodeString(c.Signature)
	signed, err3 := signedBytes(c)
	if err != nil || err2 != nil || err3 != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, signed, signature) {
		return Certificate{}, menshen.Errorf(menshen.CodeDenied, op, "the certificate is not as it was signed").
			WithHint("somebody changed it: ask the site for it again")
	}
	return c, nil
}
