package office

import (
	"context"
	"time"

	"menshen"
	"menshen/store"
)

// Record is everything the office knows of one person.
type Record struct {
	Person      menshen.Person
	Particulars menshen.Particulars
	Health      menshen.Health
	Permits     []menshen.Permit     // latest issued first
	Credentials []menshen.Credential // without keys
}

// HouseholdView is a household with who lives there.
type HouseholdView struct {
	menshen.Household
	People []menshen.Person
}

// RowRefusal is a row of a table that was not taken, and why.
type RowRefusal struct {
	Line   int    // of the file; 1 is the heading
	Name   string // "" where the row cannot be read
	Reason menshen.Text
	Hint   menshen.Text
}

// ImportReport says what became of a table of people. Every row is counted once.
type ImportReport struct {
	Rows, Added, Changed, Unchanged int
	Refused                         []RowRefusal // in order of lines
}

// ReturneeReport says what became of a table of returnees.
type ReturneeReport struct {
	Rows      int
	Added     int // people who were not in the registry
	Observed  int // put under observation, those added included
	Unchanged int
	Refused   []RowRefusal
}

// Export is a table to hand out.
type Export struct {
	Name string // of the file
	Data []byte
	Rows int
}

// PermitStatus says whether a permit is good.
type PermitStatus string

const (
	PermitValid   PermitStatus = "valid"
	PermitNotYet  PermitStatus = "not_yet"
	PermitExpired PermitStatus = "expired"
	PermitRevoked PermitStatus = "revoked"
)

// PermitView is a permit as lists show it.
type PermitView struct {
	menshen.Permit
	Name     string // of the holder
	Dwelling menshen.Dwelling
	Status   PermitStatus
}

// PermitQuery selects permits; zero fields select all.
type PermitQuery struct {
	Person string // id or name
	Kind   menshen.PermitKind
	Valid  bool // only those that are valid now
	Limit  int  // 1 … 10000; 100 if 0
}

// HealthChange puts somebody into a health state.
type HealthChange struct {
	Person string // id or name
	State  menshen.HealthState
	Since  time.Time // now if zero
	Until  time.Time // of observation: by the policy if zero
	Reason string
}

// HealthView is a health record as lists show it.
type HealthView struct {
	menshen.Health
	Name     string
	Dwelling menshen.Dwelling
}

// TemperatureQuery selects temperatures; zero fields select all.
type TemperatureQuery struct {
	Person string    // id or name
	From   time.Time // 14 days ago if zero
	Fever  bool      // only fever
}

// Submission is what a filled-in form led to.
type Submission struct {
	Answer menshen.FormAnswer
	Health menshen.Health // of the person, afterwards
}

// Purposes of links.
const (
	LinkForm  = "form"
	LinkVisit = "visit"
)

// LinkRequest asks for a link without an account.
type LinkRequest struct {
	Purpose string // LinkForm or LinkVisit
	Subject string // id of the form or the visit
	Person  string // id or name of who fills the form in; of a visit the host is taken
	For     time.Duration
}

// Link is a link that was made. Only the hash of the token is kept: it cannot be shown again.
type Link struct {
	Token   string
	Expires time.Time
}

// Opened is what a link shows. It names people by their first character alone.
type Opened struct {
	Purpose string
	Name    string        // masked, e.g. 王*: who fills the form in, or the host
	Form    *menshen.Form // for LinkForm
	Visit   *VisitNotice  // for LinkVisit
	Expires time.Time
}

// VisitNotice is what a host is told of a visit.
type VisitNotice struct {
	Visitor string // name
	Reason  string
	From    string // where they come from
	menshen.Span
	State menshen.VisitState
}

// VisitRequest registers a visitor: asked, measured, registered.
type VisitRequest struct {
	Name         string
	Particulars  menshen.Particulars // phone is needed; document if there is one
	Host         string              // id or name of the resident, or a dwelling
	Reason       string
	FromWhere    string
	Celsius      float64
	Plate        string
	menshen.Span        // From is now if zero; To is Config.VisitTime later if zero
	Gate         string // where the visitor is; "" if not there yet
}

// VisitRegistered is a visit that waits for the host.
type VisitRegistered struct {
	Visit menshen.Visit
	Link  Link // for the host to confirm
}

// VisitAnswered is a visit that was answered.
type VisitAnswered struct {
	Visit  menshen.Visit
	Permit menshen.Permit // zero where it was refused
	Code   string         // text of the visitor's QR; "" where it was refused
}

// VisitQuery selects visits; zero fields select all.
type VisitQuery struct {
	State   menshen.VisitState
	Overdue bool
	From    time.Time // registered since; 14 days ago if zero
}

// VisitView is a visit as lists show it.
type VisitView struct {
	menshen.Visit
	Visitor  string // name
	HostName string
	Dwelling menshen.Dwelling // of the host
	Overdue  bool
}

// CredentialRequest asks for a credential.
type CredentialRequest struct {
	Person    string // id or name
	Kind      menshen.CredentialKind
	Card      menshen.Secret // number, for a card
	PublicKey []byte         // for a QR: made on the person's device; empty has one made here
	Label     string
}

// CredentialIssued is a credential with what is shown this once.
type CredentialIssued struct {
	Credential menshen.Credential // without its key
	Secret     menshen.Secret     // digits of a PIN, or the QR key as Numbers made it; "" where there is none
}

// GatesRequest sets many gates at once.
type GatesRequest struct {
	Gates  []string
	State  menshen.GateState
	Others bool // every gate but these
}

// Person gives the person of an id, or of a name that only one person bears. CodeNotFound, or CodeConflict for several.
func (o *Office) Person(ctx context.Context, ref string) (menshen.Person, error) {
	return menshen.Person{}, nil
}

// Record gives everything the office knows of a person, by id or name.
func (o *Office) Record(ctx context.Context, ref string) (Record, error) { return Record{}, nil }

// PutPerson makes a person (ID "") or changes one. nil leaves the particulars.
func (o *Office) PutPerson(ctx context.Context, p menshen.Person, with *menshen.Particulars) (menshen.Person, error) {
	return p, nil
}

// FindByDocument finds who has an identity document.
func (o *Office) FindByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error) {
	return nil, nil
}

// PutHousehold makes a household or changes the one of the dwelling, and gives its id.
func (o *Office) PutHousehold(ctx context.Context, h menshen.Household) (string, error) {
	return "", nil
}

// Households finds households by a part of a dwelling or of a name.
func (o *Office) Households(ctx context.Context, query string, limit int) ([]HouseholdView, error) {
	return nil, nil
}

// ImportPeople takes a table of people, CSV or XLSX.
func (o *Office) ImportPeople(ctx context.Context, data []byte, dryRun bool) (ImportReport, error) {
	return ImportReport{}, nil
}

// ExportPeople gives everybody as "csv" or "xlsx"; documents shows their numbers in clear.
func (o *Office) ExportPeople(ctx context.Context, format string, documents bool) (Export, error) {
	return Export{}, nil
}

// IssuePermit issues a permit. ID, Issued, Renews and what belongs to revoking are filled in here.
func (o *Office) IssuePermit(ctx context.Context, p menshen.Permit, by string) (menshen.Permit, error) {
	return p, nil
}

// RenewPermit ends a permit and issues the same one until to.
func (o *Office) RenewPermit(ctx context.Context, id string, to time.Time, by string) (menshen.Permit, error) {
	return menshen.Permit{}, nil
}

// RevokePermit revokes a permit; a reason is needed.
func (o *Office) RevokePermit(ctx context.Context, id, reason, by string) (menshen.Permit, error) {
	return menshen.Permit{}, nil
}

// Permits lists permits, latest issued first.
func (o *Office) Permits(ctx context.Context, q PermitQuery) ([]PermitView, error) { return nil, nil }

// PrintPermits gives an HTML page, complete in itself, with one A5 sheet for each permit. language is zh, en, or "" for both.
func (o *Office) PrintPermits(ctx context.Context, ids []string, language string) ([]byte, error) {
	return nil, nil
}

// SetHealth puts somebody into a health state.
func (o *Office) SetHealth(ctx context.Context, c HealthChange, by string) (menshen.Health, error) {
	return menshen.Health{}, nil
}

// SetHealthCode keeps the colour of somebody's health code, by person id or name.
func (o *Office) SetHealthCode(ctx context.Context, person string, code menshen.HealthCode, source, by string) (menshen.Health, error) {
	return menshen.Health{}, nil
}

// RecordTemperature keeps a reading (Person is id or name, At now if zero) and says whether it is fever.
func (o *Office) RecordTemperature(ctx context.Context, t menshen.Temperature, by string) (menshen.Temperature, bool, error) {
	return t, false, nil
}

// HealthList gives who is in a state; "" is everybody not normal.
func (o *Office) HealthList(ctx context.Context, state menshen.HealthState) ([]HealthView, error) {
	return nil, nil
}

// Temperatures lists readings, latest first.
func (o *Office) Temperatures(ctx context.Context, q TemperatureQuery) ([]menshen.Temperature, error) {
	return nil, nil
}

// Due alerts what time has brought: observations over, visitors overdue. For cmd to call every minute.
func (o *Office) Due(ctx context.Context) error { return nil }

// RegisterReturnees takes a table of returnees and puts each under observation.
func (o *Office) RegisterReturnees(ctx context.Context, data []byte, dryRun bool, by string) (ReturneeReport, error) {
	return ReturneeReport{}, nil
}

// Forms gives the latest version of each form.
func (o *Office) Forms(ctx context.Context) ([]menshen.Form, error) { return nil, nil }

// FormText gives a form as the YAML that PutForm reads.
func (o *Office) FormText(f menshen.Form) (string, error) { return "", nil }

// PutForm keeps a new version of a form.
func (o *Office) PutForm(ctx context.Context, yaml string) (menshen.Form, error) {
	return menshen.Form{}, nil
}

// SubmitForm fills in the latest version of a form for a person, by id or name.
func (o *Office) SubmitForm(ctx context.Context, form, person string, answers map[string]string, by string) (Submission, error) {
	return Submission{}, nil
}

// FormAnswers lists what was answered, latest first. Empty form or person is all; limit 1 … 10000, 100 if 0.
func (o *Office) FormAnswers(ctx context.Context, person, form string, limit int) ([]menshen.FormAnswer, error) {
	return nil, nil
}

// CreateLink makes a link without an account.
func (o *Office) CreateLink(ctx context.Context, r LinkRequest) (Link, error) { return Link{}, nil }

// Open gives what a link shows.
func (o *Office) Open(ctx context.Context, token string) (Opened, error) { return Opened{}, nil }

// Submit fills in the form of a link, once.
func (o *Office) Submit(ctx context.Context, token string, answers map[string]string) (Submission, error) {
	return Submission{}, nil
}

// AnswerByLink answers a visit in the host's name.
func (o *Office) AnswerByLink(ctx context.Context, token string, confirm bool) (VisitAnswered, error) {
	return VisitAnswered{}, nil
}

// RegisterVisit registers a visitor.
func (o *Office) RegisterVisit(ctx context.Context, r VisitRequest, by string) (VisitRegistered, error) {
	return VisitRegistered{}, nil
}

// AnswerVisit confirms or refuses a visit in the host's place. gates are those of the visitor's permit; none is every gate.
func (o *Office) AnswerVisit(ctx context.Context, id string, confirm bool, gates []string, by string) (VisitAnswered, error) {
	return VisitAnswered{}, nil
}

// Passed follows a committed pass: visitors come in and leave, people under observation are alerted.
func (o *Office) Passed(ctx context.Context, p menshen.Pass) error { return nil }

// Visits lists visits, latest registered first.
func (o *Office) Visits(ctx context.Context, q VisitQuery) ([]VisitView, error) { return nil, nil }

// EndVisit says that a visitor has left where no gate saw it. Their permit ends.
func (o *Office) EndVisit(ctx context.Context, id, by string) (menshen.Visit, error) {
	return menshen.Visit{}, nil
}

// TakeDelivery keeps that something was taken at a gate.
func (o *Office) TakeDelivery(ctx context.Context, d menshen.Delivery, by string) (menshen.Delivery, error) {
	return d, nil
}

// HandOver keeps who fetched a delivery.
func (o *Office) HandOver(ctx context.Context, id, to, by string) (menshen.Delivery, error) {
	return menshen.Delivery{}, nil
}

// Deliveries lists deliveries, latest first.
func (o *Office) Deliveries(ctx context.Context, f store.DeliveryFilter) ([]menshen.Delivery, error) {
	return nil, nil
}

// IssueCredential issues a credential.
func (o *Office) IssueCredential(ctx context.Context, r CredentialRequest) (CredentialIssued, error) {
	return CredentialIssued{}, nil
}

// RevokeCredential revokes a credential.
func (o *Office) RevokeCredential(ctx context.Context, id string) error { return nil }

// Credentials lists the credentials of a person, by id or name; "" is everybody. Keys are left out.
func (o *Office) Credentials(ctx context.Context, person string) ([]menshen.Credential, error) {
	return nil, nil
}

// SetGates sets the state of many gates in one go and gives the ids of those that changed.
func (o *Office) SetGates(ctx context.Context, r GatesRequest) ([]string, error) { return nil, nil }

// SetMode sets how the site is run.
func (o *Office) SetMode(ctx context.Context, mode menshen.SiteMode) error { return nil }

// PutRules takes rules into use; with dryRun they are only checked. Empty rules go back to those that come with Menshen.
func (o *Office) PutRules(ctx context.Context, yaml, note string, dryRun bool, by string) (uint64, error) {
	return 0, nil
}

// Rules gives a version of the rules, 0 the one in force; the zero RuleText where none was ever put.
func (o *Office) Rules(ctx context.Context, version uint64) (menshen.RuleText, error) {
	return menshen.RuleText{}, nil
}

// RuleHistory gives the versions of the rules, latest first.
func (o *Office) RuleHistory(ctx context.Context) ([]store.RuleVersion, error) { return nil, nil }

// Annotate adds to a pass. A call for help is alerted at once.
func (o *Office) Annotate(ctx context.Context, a menshen.Annotation, by string) (menshen.Annotation, error) {
	return a, nil
}

// Annotations lists those of a pass, or the latest of all where pass is "". limit is 1 … 10000, 100 if 0.
func (o *Office) Annotations(ctx context.Context, pass string, limit int) ([]menshen.Annotation, error) {
	return nil, nil
}
