package sqlite_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"menshen/store/sqlite"

	"menshen"
)

// filledTables are the tables that a file of an earlier version is filled with, by set. What the program itself makes of other
// rows at a start (the tree of the audit log, pages of passes), and what only a key can write (seals, accounts), is not among
// them. A table of a later migration may be added, with what its columns need in filledValues.
var filledTables = map[string][]string{
	"site": {
		"households", "people", "engines", "templates", "passes", "audit", "set_aside", "calibrations", "photographs", "particulars", "permits", "health",
		"temperatures", "forms", "form_answers", "visits", "deliveries", "credentials", "rules", "gate_settings", "annotations", "links", "cases",
		"case_contacts", "lab_tests", "follow_ups", "case_orders", "tracing_policies", "consent_texts", "consents", "pack_requests", "plan_pictures", "site_plans",
	},
	"gate": {"counters", "outbox", "imports"},
	"copy": {"passed", "whole", "passed_cursor", "audit"},
}

// nth gives the nth value of a column, from 1.
type nth func(i int) any

// filledValues are what columns need that cannot have just anything, by table and column, or by column in any table.
var filledValues = map[string]nth{
	"people.state":            func(i int) any { return []string{"active", "inactive"}[i%2] },
	"people.created":          moments,
	"people.household":        func(i int) any { return fmt.Sprint("id-", i) },
	"households.dwelling":     func(i int) any { return fmt.Sprintf("3-2-14-140%d", i) },
	"engines.id":              func(i int) any { return i },
	"engines.dim":             func(int) any { return 2 },
	"engines.metric":          func(int) any { return "euclidean" },
	"engines.name":            func(int) any { return "opencv" },
	"engines.model_hash":      func(i int) any { return fmt.Sprintf("793362600dd%d", i) },
	"templates.created":       moments,
	"templates.masked":        func(int) any { return 0 },
	"descriptor":              func(i int) any { return sqlite.EncodeDescriptor(menshen.Descriptor{float32(i), 0.5}) },
	"site":                    func(int) any { return "garden" },
	"gate":                    func(int) any { return "east-1" },
	"gate_settings.gate":      func(i int) any { return fmt.Sprint("east-", i) },
	"gate_settings.state":     func(int) any { return "open" },
	"counters.gate":           func(i int) any { return fmt.Sprint("east-", i) },
	"counters.last":           func(i int) any { return 3 },
	"direction":               func(i int) any { return []string{"in", "out"}[i%2] },
	"outcome":                 func(int) any { return "allow" },
	"means":                   func(int) any { return "face" },
	"reasons":                 func(int) any { return `["active_resident"]` },
	"recognition":             func(int) any { return `{"v":"known","c":[{"p":"id-1","d":0.25}],"f":3,"a":2,"t":0.8631}` },
	"person":                  func(i int) any { return fmt.Sprint("id-", i) },
	"captured":                moments,
	"decided":                 moments,
	"at":                      moments,
	"confidence":              func(int) any { return 0.75 },
	"forms.content":           func(int) any { return `{}` },
	"form_answers.form":       func(i int) any { return fmt.Sprint("id-", i) },
	"version":                 func(i int) any { return i },
	"deliveries.arrived":      moments,
	"deliveries.dwelling":     func(int) any { return "3-2-14-1402" },
	"credentials.kind":        func(int) any { return "card" },
	"annotations.kind":        func(int) any { return "note" },
	"cases.state":             func(int) any { return "open" },
	"case_contacts.facts":     func(int) any { return "- - - - - - - - - - - - - - - -" },
	"consents.refused":        func(i int) any { return i % 2 },
	"pack_requests.state":     func(i int) any { return []string{"requested", "refused"}[i%2] },
	"pack_requests.expires":   moments,
	"particulars.role":        func(int) any { return "resident" },
	"particulars.language":    func(int) any { return "zh" },
	"site_plans.places":       func(int) any { return `[]` },
	"templates.adapted":       func(int) any { return 1 },
	"permits.quota_household": func(int) any { return 0 },
	"permits.hours_from":      func(int) any { return 0 },
	"permits.hours_to":        func(int) any { return 0 },
	"permits.visit":           func(int) any { return "" },
	"permits.renews":          func(int) any { return "" },
	"household":               func(i int) any { return fmt.Sprint("id-", i) },
	"whole.id":                func(int) any { return 1 },
	"passed_cursor.id":        func(int) any { return 1 },
}

// recordValues are columns of records, which are compared with recordsOf when they are read, and searched for.
func recordValues(column string) nth {
	of := func(value func(r records) any) nth {
		return func(i int) any { return value(recordsOf(fmt.Sprint("id-", i), i)) }
	}
	return map[string]nth{
		"health.state":            of(func(r records) any { return string(r.health.State) }),
		"health.since":            of(func(r records) any { return r.health.Since.UnixNano() }),
		"health.until":            of(func(r records) any { return r.health.Until.UnixNano() }),
		"health.reason":           of(func(r records) any { return r.health.Reason }),
		"health.code":             of(func(r records) any { return string(r.health.Code) }),
		"health.code_source":      of(func(r records) any { return r.health.CodeSource }),
		"health.code_at":          of(func(r records) any { return r.health.CodeAt.UnixNano() }),
		"health.celsius":          of(func(r records) any { return r.health.Celsius }),
		"health.measured_at":      of(func(r records) any { return r.health.MeasuredAt.UnixNano() }),
		"health.changed":          of(func(r records) any { return r.health.Changed.UnixNano() }),
		"health.changed_by":       of(func(r records) any { return r.health.By }),
		"temperatures.id":         of(func(r records) any { return r.reading.ID }),
		"temperatures.at":         of(func(r records) any { return r.reading.At.UnixNano() }),
		"temperatures.celsius":    of(func(r records) any { return r.reading.Celsius }),
		"temperatures.source":     of(func(r records) any { return string(r.reading.Source) }),
		"temperatures.gate":       of(func(r records) any { return r.reading.Gate }),
		"temperatures.entered_by": of(func(r records) any { return r.reading.By }),
		"visits.id":               of(func(r records) any { return r.visit.ID }),
		"visits.host":             of(func(r records) any { return r.visit.Host }),
		"visits.reason":           of(func(r records) any { return r.visit.Reason }),
		"visits.from_where":       of(func(r records) any { return r.visit.From }),
		"visits.celsius":          of(func(r records) any { return r.visit.Origin }),
		"visits.plate":            of(func(r records) any { return r.visit.Plate }),
		"visits.expected_from":    of(func(r records) any { return r.visit.Span.From.UnixNano() }),
		"visits.expected_to":      of(func(r records) any { return r.visit.To.UnixNano() }),
		"visits.state":            of(func(r records) any { return string(r.visit.State) }),
		"visits.permit":           of(func(r records) any { return r.visit.Permit }),
		"visits.registered":       of(func(r records) any { return r.visit.Registered.UnixNano() }),
		"visits.registered_by":    of(func(r records) any { return r.visit.RegisteredBy }),
		"visits.answered_by":      of(func(r records) any { return r.visit.AnsweredBy }),
		"permits.id":              of(func(r records) any { return r.permit.ID }),
		"permits.kind":            of(func(r records) any { return string(r.permit.Kind) }),
		"permits.plate":           of(func(r records) any { return r.permit.Plate }),
		"permits.weekdays":        of(func(r records) any { return int(r.permit.Weekdays) }),
		"permits.valid_from":      of(func(r records) any { return r.permit.From.UnixNano() }),
		"permits.quota_days":      of(func(r records) any { return r.permit.Quota.Days }),
		"permits.quota_outings":   of(func(r records) any { return r.permit.Quota.Outings }),
		"permits.issued":          of(func(r records) any { return r.permit.Issued.UnixNano() }),
		"permits.issued_by":       of(func(r records) any { return r.permit.IssuedBy }),
		"permits.revoked":         of(func(r records) any { return r.permit.Revoked.UnixNano() }),
		"permits.revoked_by":      of(func(r records) any { return r.permit.RevokedBy }),
		"permits.revoked_for":     of(func(r records) any { return r.permit.RevokedFor }),
	}[column]
}

// moments are some seconds of the first of March 2026.
func moments(i int) any { return int64(1772352000+i) * 1e9 }

// columnOf is what SQLite says of a column.
type columnOf struct {
	name, kind string
	needed     bool   // NOT NULL without a default
	parent     string // table that it refers to
}

func mustColumns(t *testing.T, db *sql.DB, table string) (all []columnOf) {
	t.Helper()
	parents := map[string]string{}
	rows, err := db.Query("SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?)", table)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var from, to string
		must(t, rows.Scan(&from, &to))
		parents[from] = to
	}
	must(t, rows.Err())
	described, err := db.Query("SELECT name, type, \"notnull\" AND dflt_value IS NULL FROM pragma_table_info(?)", table)
	must(t, err)
	defer described.Close()
	for described.Next() {
		var c columnOf
		must(t, described.Scan(&c.name, &c.kind, &c.needed))
		c.parent = parents[c.name]
		all = append(all, c)
	}
	must(t, described.Err())
	return all
}

// fillOld puts n rows into every table of a set that there is at its version and that is still empty, and gives their names.
// Columns that may be left out are, unless filledValues has them.
func fillOld(t *testing.T, db *sql.DB, set string, n int) (filled []string) {
	t.Helper()
	mustExec(t, db, "PRAGMA foreign_keys = OFF")
	for _, table := range filledTables[set] {
		columns := mustColumns(t, db, table)
		if len(columns) == 0 {
			continue // it comes later
		}
		var names []string
		var values []nth
		for _, c := range columns {
			value := filledValues[table+"."+c.name]
			if value == nil {
				value = recordValues(table + "." + c.name)
			}
			if value == nil && c.parent != "" && c.needed {
				value = map[bool]nth{true: func(i int) any { return i }, false: func(i int) any { return fmt.Sprint("id-", i) }}[c.kind == "INTEGER"]
			}
			if value == nil {
				value = filledValues[c.name]
			}
			switch {
			case value != nil:
			case !c.needed:
				continue
			case c.kind == "TEXT":
				value = func(i int) any { return fmt.Sprint(c.name, "-", i) }
			case c.kind == "BLOB":
				value = func(i int) any { return []byte(strings.Repeat(fmt.Sprint(i%10), 32)) }
			case c.kind == "REAL":
				value = func(i int) any { return float64(i) / 2 }
			default:
				value = func(i int) any { return i }
			}
			names, values = append(names, c.name), append(values, value)
		}
		insert := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Repeat("?, ", len(names)-1) + "?)"
		for i := 1; i <= n; i++ {
			row := make([]any, len(values))
			for k, value := range values {
				if row[k] = value(i); names[k] == "id" && filledValues[table+".id"] == nil && recordValues(table+".id") == nil {
					row[k] = map[bool]any{true: i, false: fmt.Sprint("id-", i)}[columns[0].kind == "INTEGER"]
				}
			}
			if _, err := db.Exec(insert, row...); err != nil {
				if i > 1 && (table == "whole" || table == "passed_cursor") {
					break // of one row
				}
				t.Fatalf("%s: %v\n%s\n%v", table, err, insert, row)
			}
		}
		filled = append(filled, table)
	}
	var broken string
	if err := db.QueryRow("SELECT \"table\" || ' of ' || parent FROM pragma_foreign_key_check").Scan(&broken); err != sql.ErrNoRows {
		t.Fatalf("the rows do not refer to each other: %q, %v", broken, err)
	}
	return filled
}

// mustRows gives all rows of a table as texts, sorted, of the columns named.
func mustRows(t *testing.T, db *sql.DB, table string, columns []string) []string {
	t.Helper()
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "'" + c + "=' || quote(" + c + ")"
	}
	rows, err := db.Query("SELECT " + strings.Join(parts, " || ' ' || ") + " FROM " + table)
	must(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		all = append(all, text)
	}
	must(t, rows.Err())
	slices.Sort(all)
	return all
}

func columnNames(columns []columnOf) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}
