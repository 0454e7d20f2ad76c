// Package casebook has the rules of cases (病例): who may open one and look into it, which people are its contacts and why,
// what is done about them, how they are followed day by day, and by which version of a policy all of it was judged.
//
// Nothing changes silently: every method that changes something takes who does it and why, and writes what was there before
// and after into the history, in the one transaction that changes it. Contacts come from the Engine, which is asked and
// never written to; what counts no longer is withdrawn, never deleted. The package owns no formulas of exposure (tracing
// does), no storage, and no wire: who may call is the web's to say, and so is the audit of every look.
package casebook
