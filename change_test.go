package menshen_test

import (
	"reflect"
	"testing"
	"time"

	"menshen"
)

// What leaves for the gates says what they decide by and no more, is valid as it is, and the original stays whole.
func TestChangeForGates(t *testing.T) {
	at := time.Date(2020, 2, 20, 2, 0, 0, 0, time.UTC)
	health := menshen.Health{
		Person: "p-1", State: menshen.HealthObservation, Since: at, Until: at.AddDate(0, 0, 14), Code: menshen.HealthCodeRed, CodeAt: at, Celsius: 38,
		MeasuredAt: at, Changed: at,
	}
	permit := menshen.Permit{
		ID: "e-1", Kind: menshen.PermitVehicle, Person: "p-1", Span: menshen.Span{From: at}, Plate: "-", Gates: []string{"east-1"}, Issued: at, Revoked: at,
	}
	pink := menshen.Permit{ID: "e-2", Kind: menshen.PermitResident, Person: "p-1", Span: menshen.Span{From: at}}
	credential := menshen.Credential{ID: "c-1", Person: "p-1", Kind: menshen.CredentialCard, Key: make([]byte, 32), Issued: at}
	fullHealth, fullPermit, fullPink, fullCredential := health, permit, pink, credential
	fullHealth.Reason, fullHealth.CodeSource, fullHealth.By = "从黄冈返回", "office", "ann"
	fullPermit.Plate, fullPermit.IssuedBy, fullPermit.RevokedBy, fullPermit.RevokedFor, fullPermit.Visit = "京A12345", "ann", "bob", "sold", "v-1"
	fullPink.IssuedBy = "ann"
	fullCredential.Label = "mother's card"
	for name, c := range map[string]struct{ whole, want menshen.Change }{
		"health":       {menshen.Change{Health: &fullHealth}, menshen.Change{Health: &health}},
		"vehicle":      {menshen.Change{Permit: &fullPermit}, menshen.Change{Permit: &permit}},
		"resident":     {menshen.Change{Permit: &fullPink}, menshen.Change{Permit: &pink}},
		"credential":   {menshen.Change{Credential: &fullCredential}, menshen.Change{Credential: &credential}},
		"gone":         {menshen.Change{Kind: menshen.ChangePermit, Key: "e-1", Revision: 7}, menshen.Change{Kind: menshen.ChangePermit, Key: "e-1", Revision: 7}},
		"gate setting": {menshen.Change{Gate: &menshen.GateSetting{Gate: "east-1"}}, menshen.Change{Gate: &menshen.GateSetting{Gate: "east-1"}}},
	} {
		if got := c.whole.ForGates(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if err := permit.Validate(); err != nil {
		t.Errorf("a post would not take it: %v", err)
	}
	if fullHealth.Reason == "" || fullPermit.Plate != "京A12345" || fullCredential.Label == "" {
		t.Error("the registry's own entry was changed")
	}
}
