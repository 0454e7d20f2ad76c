// Package report makes files of cases: tables for health authorities (contact list, line list, follow-up sheet, chain) as CSV
// or XLSX, everything as JSON, and the printable report of an investigation (流调报告) as one page of HTML, complete in
// itself. It owns their form and their words, and no rules: what a case is made of comes from casebook, where somebody was
// from tracing. It reads nothing by itself and keeps nothing.
package report
