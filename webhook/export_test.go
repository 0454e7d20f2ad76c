package webhook

// Allowed is for the tests.
var Allowed = allowed
