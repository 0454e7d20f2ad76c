package storetest

import "testing"

// Run checks a site's database. open gives a new, empty one with a key, and closes it when its test ends.
func Run(t *testing.T, open func(testing.TB) Store) {
	tests := []siteTest{
		{"AddPersonRoundTrip", addPersonRoundTrip},
		{"AddPersonIsAtomic", addPersonIsAtomic},
		{"AddPersonRefuses", addPersonRefuses},
		{"HouseholdByDwelling", householdByDwelling},
		{"AddPeople", addPeople},
		{"FindPeople", findPeople},
		{"PeopleByID", peopleByID},
		{"PersonState", personState},
		{"RemovePerson", removePerson},
		{"TemplatesOfOneEngine", templatesOfOneEngine},
		{"AddTemplatesRefuses", addTemplatesRefuses},
		{"TemplatesOf", templatesOf},
		{"Calibration", calibration},
		{"CalibrationRefuses", calibrationRefuses},
		{"RemoveTemplates", removeTemplates},
		{"Photographs", photographs},
		{"Untemplated", untemplated},
		{"Consents", consents},
		{"PackRequests", packRequests},
		{"RemoveFace", removeFace},
		{"FacesRefused", facesRefused},
		{"Phones", phones},
		{"CommitPassesRoundTrip", commitPassesRoundTrip},
		{"CommitPassesTwice", commitPassesTwice},
		{"CommitPassesConflict", commitPassesConflict},
		{"CommitPassesRefuses", commitPassesRefuses},
		{"PassesFilter", passesFilter},
		{"PassesStopEarly", passesStopEarly},
		{"PassedAfter", passedAfter},
		{"PassPages", passPages},
		{"Committed", committed},
		{"LastSequences", lastSequences},
		{"Audit", audit},
		{"Cancelled", cancelled},
		{"Concurrent", concurrent},
		{"Closed", closed},
	}
	tests = append(tests, registryTests()...)
	for _, c := range append(tests, caseTests()...) {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}
