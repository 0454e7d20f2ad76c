package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"menshen"
)

// Checkpoint says how long a log was at a time, and the hash over all of it.
type Checkpoint struct {
	Log  string // name of the key that signed it
	Size uint64 // entries
	Root [32]byte
	At   time.Time // to the second
}

// prefix begins the name of every key, which is the first line of its checkpoints.
const prefix = "menshen.audit."

// text is a checkpoint as https://c2sp.org/tlog-checkpoint has it, with the time as its extension line.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", c.Log, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]), c.At.UTC().Format(time.RFC3339))
}

// Key signs the checkpoints of a site.
type Key struct {
	signer note.Signer
	public string
}

// Seed derives the seed of a site's signing key from the site's key, 32 bytes (HKDF with SHA-256, RFC 5869).
func Seed(siteKey []byte) ([]byte, error) {
	seed, err := hkdf.Key(sha256.New, siteKey, nil, "menshen audit checkpoint v1", ed25519.SeedSize)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "audit.key", "the key of the site cannot be used").WithCause(err)
	}
	return seed, nil
}

// NewKey makes the signing key of the seed that Seed derives from the site's key.
func NewKey(siteKey []byte) (Key, error) {
	seed, err := Seed(siteKey)
	if err != nil {
		return Key{}, err
	}
	return NewKeyOf(seed)
}

// NewKeyOf makes the signing key of a seed, 32 bytes: that of a site whose own key was another one when its log began.
func NewKeyOf(seed []byte) (Key, error) {
	const op = "audit.key"
	if len(seed) != ed25519.SeedSize {
		return Key{}, menshen.Errorf(menshen.CodeInvalid, op, "the key of the site cannot be used")
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	name := prefix + hex.EncodeToString(sum[:8])
	verifier, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return Key{}, menshen.Errorf(menshen.CodeInvalid, op, "the key of the site cannot be used").WithCause(err)
	}
	// The private form has the seed where the public one has the key: name+hash+base64 of algorithm and key.
	const algorithm = 1 // Ed25519
	parts := strings.SplitN(verifier, "+", 3)
	signer, err := note.NewSigner("PRIVATE+KEY+" + parts[0] + "+" + parts[1] + "+" + base64.StdEncoding.EncodeToString(append([]byte{algorithm}, seed...)))
	if err != nil {
		return Key{}, menshen.Errorf(menshen.CodeInvalid, op, "the key of the site cannot be used").WithCause(err)
	}
	return Key{signer, verifier}, nil
}

// Public is what verifies the key's checkpoints, one line of text.
func (k Key) Public() string { return k.public }

// Sign gives a checkpoint as a signed note, text of some lines.
func (k Key) Sign(size uint64, root [32]byte, at time.Time) (string, error) {
	signed, err := note.Sign(&note.Note{Text: Checkpoint{k.signer.Name(), size, root, at}.text()}, k.signer)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, "audit.sign", "a checkpoint cannot be signed").WithCause(err)
	}
	return string(signed), nil
}

// Verifier checks the signatures of a site's checkpoints.
type Verifier struct{ verifier note.Verifier }

// NewVerifier takes what Key.Public gave. CodeInvalid for anything else.
func NewVerifier(public string) (Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Verifier{}, menshen.Errorf(menshen.CodeInvalid, "audit.key", "this is no key of checkpoints").
			WithHint("give the line that menshen audit key prints").WithCause(err)
	}
	return Verifier{v}, nil
}

// Read gives the checkpoint of a signed note. CodeInvalid for what is none, CodeDenied where the signature is not of the site.
func (v Verifier) Read(signed string) (Checkpoint, error) {
	const op = "audit.checkpoint"
	n, err := note.Open([]byte(signed), note.VerifierList(v.verifier))
	if err != nil {
		if malformed(signed) {
			return Checkpoint{}, menshen.Errorf(menshen.CodeInvalid, op, "this is no checkpoint").WithHint("give a file as menshen audit checkpoint wrote it").WithCause(err)
		}
		return Checkpoint{}, menshen.Errorf(menshen.CodeDenied, op, "the signature of a checkpoint is not of this site").
			WithHint("somebody changed it, or it is of another site or of another key").WithCause(err)
	}
	c, err := parse(n.Text)
	if err != nil || c.Log != v.verifier.Name() {
		return Checkpoint{}, menshen.Errorf(menshen.CodeInvalid, op, "this is no checkpoint").WithHint("give a file as menshen audit checkpoint wrote it").WithCause(err)
	}
	return c, nil
}

// malformed reports whether a note is no checkpoint at all, whoever signed it.
func malformed(signed string) bool {
	text, signatures, found := strings.Cut(signed, "\n\n")
	_, err := parse(text + "\n")
	return !found || err != nil || !strings.HasPrefix(signatures, "— ")
}

func parse(text string) (Checkpoint, error) {
	var c Checkpoint
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[4] != "" {
		return c, fmt.Errorf("%d lines", len(lines))
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if !strings.HasPrefix(lines[0], prefix) || err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return c, fmt.Errorf("key %q, size %q", lines[0], lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(c.Root) {
		return c, fmt.Errorf("root %q", lines[2])
	}
	at, err := time.Parse(time.RFC3339, lines[3])
	if err != nil {
		return c, err
	}
	return Checkpoint{lines[0], size, [32]byte(bytes.Clone(root)), at}, nil
}
