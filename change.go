package menshen

// ChangeKind says what kind of entry of the registry changed.
type ChangeKind string

const (
	ChangePerson     ChangeKind = "person"     // Key is the person's id
	ChangePermit     ChangeKind = "permit"     // the permit's id
	ChangeHealth     ChangeKind = "health"     // the person's id
	ChangeCredential ChangeKind = "credential" // the credential's id
	ChangeTemplate   ChangeKind = "template"   // the template's id
	ChangeGate       ChangeKind = "gate"       // the gate's id
	ChangeSite       ChangeKind = "site"       // "": mode of the site, key of its permits' codes
	ChangeRules      ChangeKind = "rules"      // "": the policy in force
)

// Change is the latest state of one entry of the registry, as gates need it. Changes are numbered in the order in which
// they were committed; of an entry that changed often only the latest is kept, so that all changes from 0 on are a copy of
// the registry, and those after a revision are what a gate with that revision lacks.
//
// Exactly one of the pointers is set; all are nil for an entry that is gone.
type Change struct {
	Revision uint64
	Kind     ChangeKind
	Key      string

	Person     *Person
	Permit     *Permit
	Health     *Health
	Credential *Credential
	Template   *Template
	Gate       *GateSetting
	Site       *SiteSetting
	Rules      *RuleText
}

// Gone reports whether the entry is no longer in the registry.
func (c Change) Gone() bool {
	return c.Person == nil && c.Permit == nil && c.Health == nil && c.Credential == nil && c.Template == nil &&
		c.Gate == nil && c.Site == nil && c.Rules == nil
}

// noPlate stands for the plate of a vehicle permit, which must have one, where nobody needs to know it.
const noPlate = "-"

// ForGates gives the change without what gates do not need to decide: why somebody is in a health state and who said so, who
// issued a permit and why it was revoked, its visit and plate, and what a credential is called. Nothing is changed in place.
func (c Change) ForGates() Change {
	switch {
	case c.Health != nil:
		h := *c.Health
		h.Reason, h.CodeSource, h.By = "", "", ""
		c.Health = &h
	case c.Permit != nil:
		p := *c.Permit
		p.IssuedBy, p.RevokedBy, p.RevokedFor, p.Visit = "", "", "", ""
		if p.Plate != "" {
			p.Plate = noPlate
		}
		c.Permit = &p
	case c.Credential != nil:
		k := *c.Credential
		k.Label = ""
		c.Credential = &k
	}
	return c
}

// GateSetting is what the office sets of a gate while it runs.
type GateSetting struct {
	Gate  string
	State GateState
}

// SiteSetting is what the office sets of the site while it runs.
type SiteSetting struct {
	Mode SiteMode
	// PermitKey is the Ed25519 public key, 32 bytes, that signs codes on permits and for visits.
	PermitKey []byte
	// NumberKey is the key, 32 bytes, under which PINs and card numbers are kept. It is a secret of the site and its gates.
	NumberKey []byte
}

// RuleText is one version of the policy's rules as the office wrote it.
type RuleText struct {
	Version uint64 // counts up from 1
	YAML    string
	By      string
	Note    string // why it was changed
}
