package proto

import (
	"google.golang.org/protobuf/types/known/durationpb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// PolicyRefToWire converts the name of a policy's version.
func PolicyRefToWire(r menshen.PolicyRef) *menshenv1.PolicyRef {
	return &menshenv1.PolicyRef{Id: r.ID, Version: r.Version}
}

// ClinicalToWire converts what is known of an illness.
func ClinicalToWire(c menshen.Clinical) *menshenv1.Clinical {
	return &menshenv1.Clinical{
		Onset: timeToWire(c.Onset), Sampled: timeToWire(c.Sampled), Isolated: timeToWire(c.Isolated), SymptomFree: timeToWire(c.SymptomFree), Symptoms: c.Symptoms,
	}
}

// maxSymptoms is how many symptoms a message may list.
const maxSymptoms = 50

// ClinicalFromWire converts what is known of an illness; absent is nothing. Whether it can be so is not checked.
func ClinicalFromWire(m *menshenv1.Clinical) (c menshen.Clinical, err error) {
	const op = "proto.clinical"
	c.Symptoms = m.GetSymptoms()
	if len(c.Symptoms) > maxSymptoms {
		return c, invalid(op, "symptoms: there are more than %d", maxSymptoms)
	}
	if err := checkText(op, "symptoms: one", c.Symptoms...); err != nil {
		return c, err
	}
	return c, readTimes(op,
		field{"onset", m.GetOnset(), &c.Onset}, field{"sampled", m.GetSampled(), &c.Sampled},
		field{"isolated", m.GetIsolated(), &c.Isolated}, field{"symptom_free", m.GetSymptomFree(), &c.SymptomFree})
}

// CaseToWire converts a case; who it is stands in the view.
func CaseToWire(c menshen.Case, who *menshenv1.PersonView) *menshenv1.Case {
	return &menshenv1.Case{
		Id: c.ID, Number: c.Number, Person: who, Purpose: c.Purpose, Expires: timeToWire(c.Expires), State: string(c.State), Clinical: ClinicalToWire(c.Clinical),
		Policy: PolicyRefToWire(c.Policy), Parent: c.Parent, RequestedBy: c.RequestedBy, Requested: timeToWire(c.Requested),
		DecidedBy: c.DecidedBy, Decided: timeToWire(c.Decided), ClosedBy: c.ClosedBy, Closed: timeToWire(c.Closed), Judged: timeToWire(c.Judged), Revision: c.Revision,
	}
}

// LabTestToWire converts a test.
func LabTestToWire(t menshen.LabTest) *menshenv1.LabTest {
	return &menshenv1.LabTest{
		Id: t.ID, Contact: t.Contact, Kind: t.Kind, Sampled: timeToWire(t.Sampled), Result: string(t.Result), At: timeToWire(t.At), By: t.By,
	}
}

// CaseExposureToWire converts an exposure of a case's chain.
func CaseExposureToWire(e menshen.Exposure) *menshenv1.CaseExposure {
	return &menshenv1.CaseExposure{
		Kind: string(e.Kind), Zone: e.Zone, Gate: e.Gate, From: timeToWire(e.From), To: timeToWire(e.To), Inferred: e.Inferred,
		Least: durationpb.New(e.Least), Floors: countToWire(e.Floors), Sureness: e.Sureness,
	}
}

// HopsToWire converts a path; who gives the view of an id.
func HopsToWire(path []menshen.Hop, who func(id string) *menshenv1.PersonView) []*menshenv1.CaseHop {
	var out []*menshenv1.CaseHop
	for _, h := range path {
		out = append(out, &menshenv1.CaseHop{From: who(h.From), To: who(h.To), Exposure: CaseExposureToWire(h.Exposure), Exposed: timeToWire(h.Exposed)})
	}
	return out
}

// CaseContactToWire converts a contact; who gives the view of an id, also for its path.
func CaseContactToWire(c menshen.CaseContact, who func(id string) *menshenv1.PersonView) *menshenv1.CaseContact {
	person := &menshenv1.PersonView{Name: c.Name}
	if c.Person != "" {
		person = who(c.Person)
	}
	return &menshenv1.CaseContact{
		Id: c.ID, CaseId: c.Case, Person: person, Phone: c.Phone.Reveal(), Source: string(c.Source), Generation: countToWire(c.Generation), Level: string(c.Level),
		Risk: c.Risk, Rule: c.Rule, Policy: PolicyRefToWire(c.Policy), First: timeToWire(c.First), Threshold: timeToWire(c.Threshold), Last: timeToWire(c.Last),
		Together: durationpb.New(c.Together), Least: durationpb.New(c.Least), Sureness: c.Sureness, Path: HopsToWire(c.Path, who), Note: c.Note,
		Status: string(c.Status), Owner: c.Owner, FollowFrom: timeToWire(c.FollowFrom), FollowTo: timeToWire(c.FollowTo),
		IsolatedFrom: timeToWire(c.IsolatedFrom), IsolatedTo: timeToWire(c.IsolatedTo), Fixed: c.Fixed,
		MergedInto: c.MergedInto, WithdrawnFor: c.WithdrawnFor, Created: timeToWire(c.Created), CreatedBy: c.CreatedBy, Revision: c.Revision,
	}
}

// FollowUpToWire converts what a day brought; nil for nothing.
func FollowUpToWire(f *menshen.FollowUp) *menshenv1.FollowUp {
	if f == nil {
		return nil
	}
	return &menshenv1.FollowUp{
		Id: f.ID, Contact: f.Contact, Day: f.Day, Celsius: f.Celsius, Symptoms: f.Symptoms, Reached: f.Reached, Note: f.Note, Source: f.Source, At: timeToWire(f.At), By: f.By,
	}
}

// CaseChangeToWire converts an entry of a history.
func CaseChangeToWire(c menshen.CaseChange) *menshenv1.CaseChange {
	return &menshenv1.CaseChange{Contact: c.Contact, At: timeToWire(c.At), By: c.By, Why: c.Why, Field: c.Field, Before: c.Before, After: c.After}
}
