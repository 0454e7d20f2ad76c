package web

import (
	"context"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"menshen"
)

// Overview tells what the site is and how everything in it is. It holds nothing personal. Safe for concurrent use.
type Overview interface {
	Site(ctx context.Context) (menshen.Site, error)
	Status(ctx context.Context) (Status, error)
}

// Status is how the hub is now.
type Status struct {
	Conditions []menshen.Condition // what is not well
	Cameras    []CameraStatus
	People     uint64
	Templates  uint64
	Passes     uint64
	Outbox     uint64 // passes not yet receipted
}

// CameraStatus is the last report of a camera.
type CameraStatus struct {
	ID      string
	Gate    string
	OK      bool
	Message string
	Figures map[string]float64
}

// PassLog has the passes that are kept for good. Safe for concurrent use.
type PassLog interface {
	// Passes gives those of a filter in any order; with Latest, so many with the latest capture times.
	Passes(ctx context.Context, filter menshen.PassFilter) ([]menshen.Pass, error)
}

// PassTransfer takes passes from files and gives them for files. Safe for concurrent use.
type PassTransfer interface {
	// ImportPasses takes rows in, in order; what is there already is not added again. With dryRun it only says what would be.
	ImportPasses(ctx context.Context, rows []menshen.PassRow, by string, dryRun bool) (menshen.PassImport, error)
	// ExportPasses gives the passes of a filter as ImportPasses reads them, by capture time.
	ExportPasses(ctx context.Context, filter menshen.PassFilter) iter.Seq2[menshen.PassRow, error]
}

// People is the registry. Safe for concurrent use.
type People interface {
	// PeopleByID gives those of the ids that exist, by id.
	PeopleByID(ctx context.Context, ids []string) (map[string]Registered, error)
	// FindPeople gives at most limit people whose id is the query, or whose name or dwelling has it as a part, those whose
	// id, name or dwelling is exactly the query first. An empty query finds everybody.
	FindPeople(ctx context.Context, query string, limit int) ([]Registered, error)
}

// PeopleFinder looks for people as offices do. Safe for concurrent use.
type PeopleFinder interface {
	// SearchPeople finds people as offices look for them, best first.
	SearchPeople(ctx context.Context, q PeopleQuery) (PeopleFound, error)
}

// PeopleQuery looks for people: every word must be found in the name, its pinyin or initials, the dwelling, or the telephone
// number, if that counts.
type PeopleQuery struct {
	Text   string // "" finds everybody
	Phones bool
	Limit  int
	Offset int
}

// PeopleFound is a page of what was found, and how much there is.
type PeopleFound struct {
	People []Registered
	Total  int
}

// Registered is a person with the number of their templates.
type Registered struct {
	menshen.Person
	Templates int
}

// Enroller changes the registry and the gallery together. Safe for concurrent use.
type Enroller interface {
	// Enrol adds a person, or photographs to one. A refused photograph is no error; where all are refused nothing is kept
	// and the result names nobody.
	Enrol(ctx context.Context, e Enrolment) (EnrolmentResult, error)
	// Remove takes a person's templates away and marks them inactive. Their passes stay.
	Remove(ctx context.Context, person string) error
	// EraseFace takes a person's templates and photographs away; they stay who they are.
	EraseFace(ctx context.Context, person string) error
	// Look measures the face of a frame, JPEG. Nothing is kept.
	Look(ctx context.Context, frame []byte) (Glance, error)
	// Photographs gives at most limit of those kept of a person, latest first.
	Photographs(ctx context.Context, person string, limit int) ([]menshen.Photograph, error)
}

// Enrolment is one person with photographs. Either Person or Name and Dwelling are set.
type Enrolment struct {
	Person   string // id of somebody enrolled already
	Name     string
	Dwelling menshen.Dwelling
	Photos   []Photo
	// LookAlike: it has been made sure that this is not the person enrolled whom the photographs look like.
	LookAlike bool
	// Consent is what was just said to the latest text; nil: the person must have consented before.
	Consent *EnrolmentConsent
}

// EnrolmentConsent is a consent that is recorded with the enrolment.
type EnrolmentConsent struct {
	Signer   string
	Guardian bool
	By       string // who records it
}

// Photo is a still picture as it was sent: JPEG or PNG, not looked at yet.
type Photo struct {
	Name string // file name, for the report
	Data []byte
}

// EnrolmentResult says what became of each photograph, in their order.
type EnrolmentResult struct {
	Person string
	Photos []PhotoResult
}

// PhotoResult is one accepted or refused photograph.
type PhotoResult struct {
	Name     string
	Accepted bool
	Code     string // why not, e.g. "no_face"
	Message  menshen.Text
	Hint     menshen.Text
	Other    string // id of whom it looks like, where that is why
}

// Calibrator finds what distances mean. Safe for concurrent use.
type Calibrator interface {
	// Calibrate finds the thresholds for an FPIR, 0 for the one in force. Unless dryRun it takes them into use and keeps them.
	Calibrate(ctx context.Context, fpir float64, dryRun bool) (CalibrationReport, error)
}

// CalibrationReport is a calibration with what it is compared with.
type CalibrationReport struct {
	menshen.Calibration
	NetworkKnown  float64 // the network's own thresholds
	NetworkUnsure float64
	NetworkSource string // where those come from
	InUse         bool
	Pairs         int              // how many pairs of look-alikes there are
	LookAlikes    []LookAlike      // the nearest of them, nearest first
	Strangers     []DistanceShare  // distances of people to the nearest stranger
	Own           []DistanceShare  // distances of the pictures of one person
	Curve         []ThresholdPoint // the strictest threshold first
}

// DistanceShare is the share of all that is from one distance up to another.
type DistanceShare struct{ From, To, Share float64 }

// ThresholdPoint is what a threshold would mean: strangers taken for somebody, own pictures not known.
type ThresholdPoint struct{ Known, Taken, Missed float64 }

// LookAlike is two people whom the threshold cannot part.
type LookAlike struct {
	A, B           string  // ids
	Distance       float64 // of their nearest templates
	KnownA, KnownB float64 // their thresholds
}

// Templates looks after the templates of everybody. Safe for concurrent use.
type Templates interface {
	// Engines says how many templates there are of each engine.
	Engines(ctx context.Context) ([]EngineTemplates, error)
	// Untemplated gives the active people who have templates of other engines only, or none for covered faces.
	Untemplated(ctx context.Context) ([]Untemplated, error)
	// Renew makes templates of kept photographs for these people, and tells each what became of it, in their order.
	Renew(ctx context.Context, people []string, each func(Renewed) error) error
	// Forget takes back what was learnt of a person, or of everybody where person is "". CodeNotFound for nobody.
	Forget(ctx context.Context, person string) (templates int, err error)
	// ForgetPhotographs erases those kept of a person, or of everybody where person is "".
	ForgetPhotographs(ctx context.Context, person string) (photographs int, err error)
}

// EngineTemplates counts the templates of an engine.
type EngineTemplates struct {
	Engine    menshen.EngineID
	Templates int
	InUse     bool
}

// Untemplated is somebody whom the engine in use cannot recognise, though another one could.
type Untemplated struct {
	Person      string
	Name        string
	Dwelling    string
	Photographs int  // kept
	MaskedOnly  bool // recognised, but not in a mask
}

// Renewed is what became of one person.
type Renewed struct {
	Person    string
	Templates int
	Refused   []PhotoResult
}

// Tracer answers where somebody was and who was there too. CodeNotFound says that there is no pass of the person, which
// the API tells as an empty answer. Safe for concurrent use.
type Tracer interface {
	// Movements gives the passes and stays of a person within a span, in order of time.
	Movements(ctx context.Context, person string, span menshen.Span) ([]menshen.Pass, []menshen.Stay, error)
	// Contacts gives who was in one zone with the person, overlaps shorter than minTogether left out, or at one gate within
	// gateWindow, which is more than 0.
	Contacts(ctx context.Context, person string, span menshen.Span, gateWindow, minTogether time.Duration) ([]menshen.Contact, error)
}

// Auditor keeps who asked what. An entry that Audit took without error survives a power cut. Safe for concurrent use.
type Auditor interface {
	Audit(ctx context.Context, entry menshen.AuditEntry) error
}

// Office is what the property office and the gates answer from.
type Office struct {
	Registry     Registry
	Tables       Tables
	Packs        Packs
	Permits      Permits
	Credentials  Credentials
	Consents     Consents
	Certificates Certificates
	Health       Health
	Forms        Forms
	Links        Links
	Visits       Visits
	Deliveries   Deliveries
	Gates        GateSettings
	Doors        Doors
	Guards       Guards
	Annotations  Annotations
	Helpline     Helpline
	Rules        Rules
	Policy       Policy
	Statistics   Statistics
	Plans        SitePlans
}

// Deps are the parts that the server answers from. All are needed, but for Metrics, without which there is no /metrics,
// InForce, and Chinese, without which what is refused on a link's page is said in English.
type Deps struct {
	Office
	Investigations

	Overview   Overview
	Passes     PassLog
	Transfer   PassTransfer
	Feed       *Feed
	People     People
	Finder     PeopleFinder
	Enroller   Enroller
	Calibrator Calibrator
	Cameras    Cameras
	Templates  Templates
	Tracer     Tracer
	Console    Console
	Operation  Operation
	Auditor    Auditor
	Accounts   Accounts
	Outside    Outside // nil where the site has no provider of sign-ins
	AuditLog   AuditLog
	Tokens     *Tokens
	Front      Front
	Pages      fs.FS // what browsers get, as Vite makes it; nil for what is built in
	Metrics    http.Handler
	InForce    func(context.Context)    // waits until the gates decide by every change that is committed; nil where nothing waits
	Chinese    func(text string) string // of messages and hints
	Log        *slog.Logger
	Now        func() time.Time
}

func (d Deps) validate() error {
	parts := map[string]any{
		"Overview": d.Overview, "Passes": d.Passes, "Transfer": d.Transfer, "Feed": d.Feed, "People": d.People, "Finder": d.Finder, "Enroller": d.Enroller, "Calibrator": d.Calibrator, "Cameras": d.Cameras,
		"Templates": d.Templates, "Tracer": d.Tracer, "Standings": d.Console.Standings, "Photographs": d.Console.Photographs, "Frames": d.Console.Frames, "Operation": d.Operation, "Faceless": d.Console.Faceless, "Auditor": d.Auditor, "Accounts": d.Accounts, "AuditLog": d.AuditLog, "Tokens": d.Tokens, "Log": d.Log, "Now": d.Now,
		"Registry": d.Registry, "Tables": d.Tables, "Packs": d.Packs, "Permits": d.Permits, "Credentials": d.Credentials, "Consents": d.Consents, "Certificates": d.Certificates, "Health": d.Health, "Forms": d.Forms,
		"Links": d.Links, "Visits": d.Visits, "Deliveries": d.Deliveries, "Gates": d.Gates, "Doors": d.Doors, "Guards": d.Guards,
		"Annotations": d.Annotations, "Helpline": d.Helpline, "Rules": d.Rules, "Policy": d.Policy, "Statistics": d.Statistics, "Plans": d.Plans,
		"Cases": d.Cases, "Judgements": d.Judgements, "CaseContacts": d.CaseContacts, "LabTests": d.LabTests, "FollowUps": d.FollowUps, "CaseExports": d.CaseExports,
		"TracingPolicies": d.TracingPolicies,
	}
	return whole(parts)
}

// whole names a part that is missing.
func whole(parts map[string]any) error {
	missing := ""
	for name, part := range parts {
		if v := reflect.ValueOf(part); part == nil || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
			missing = name
		}
	}
	if missing != "" {
		return menshen.Errorf(menshen.CodeInternal, "web.new", "the web server was given no %s", missing)
	}
	return nil
}
