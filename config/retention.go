package config

// Retention is how long what is kept, in days. Every class has a limit.
type Retention struct {
	Passes         int `yaml:"passes"`         // 0: as tracing.days
	Templates      int `yaml:"templates"`      // with photographs, after the latest enrolment and the latest pass
	Temperatures   int `yaml:"temperatures"`   //
	Health         int `yaml:"health"`         // states that are over
	Questionnaires int `yaml:"questionnaires"` //
	Visits         int `yaml:"visits"`         // after their end
	Visitors       int `yaml:"visitors"`       // people without a dwelling, after their last visit, permit and pass
	Deliveries     int `yaml:"deliveries"`     //
	Permits        int `yaml:"permits"`        // and credentials, after their end
	Consents       int `yaml:"consents"`       // after their end
	PackRequests   int `yaml:"pack_requests"`  // for people's passes, after they expired or were refused
	MovedOut       int `yaml:"moved_out"`      // names, dwellings and documents of who is not active
	Links          int `yaml:"links"`          // after their end
	Settings       int `yaml:"settings"`       // superseded rules, policies, plans
	Accounts       int `yaml:"accounts"`       // disabled ones
	Audit          int `yaml:"audit"`          //
	Backups        int `yaml:"backups"`        // of the usual folder, but for the latest
}

// recordDays is the least for what the law has kept for three years at least (PIPL, Article 56): records of processing.
const recordDays = 1095

func defaultRetention() Retention {
	return Retention{
		Templates: 365, Temperatures: 30, Health: 90, Questionnaires: 90, Visits: 90, Visitors: 90, Deliveries: 30, Permits: 180, Consents: recordDays,
		PackRequests: 180, MovedOut: 30, Links: 30, Settings: recordDays, Accounts: recordDays, Audit: recordDays, Backups: 30,
	}
}

// PassDays is how many days passes are kept.
func (c Config) PassDays() int {
	if c.Retention.Passes == 0 {
		return c.Tracing.Days
	}
	return c.Retention.Passes
}

// Audit says where checkpoints of the audit log are sent by themselves.
type Audit struct {
	Checkpoints Checkpoints `yaml:"checkpoints"`
}

// Checkpoints are sent once an hour to a place that whoever has this machine cannot change.
type Checkpoints struct {
	Folder string `yaml:"folder"` // of another machine, mounted here; relative to the file; "" for none
	URL    string `yaml:"url"`    // https; they are posted to it as text; "" for none
}

// CheckpointFolder is where checkpoints go, "" for nowhere.
func (c Config) CheckpointFolder() string {
	if c.Audit.Checkpoints.Folder == "" {
		return ""
	}
	return c.resolve(c.Audit.Checkpoints.Folder)
}

func (c Config) checkRetention() error {
	const longest = 3650
	if c.Retention.Passes != 0 && c.Retention.Passes < c.Tracing.Days {
		return invalid("retention.passes", "%d days are fewer than tracing.days", c.Retention.Passes).WithHint("use 0, or at least the %d of tracing.days", c.Tracing.Days)
	}
	r := c.Retention
	return first(
		within("retention.passes", r.Passes, 0, longest),
		within("retention.templates", r.Templates, 1, longest),
		within("retention.temperatures", r.Temperatures, 1, longest),
		within("retention.health", r.Health, 1, longest),
		within("retention.questionnaires", r.Questionnaires, 1, longest),
		within("retention.visits", r.Visits, 1, longest),
		within("retention.visitors", r.Visitors, 1, longest),
		within("retention.deliveries", r.Deliveries, 1, longest),
		within("retention.permits", r.Permits, 1, longest),
		within("retention.consents", r.Consents, recordDays, longest),
		within("retention.pack_requests", r.PackRequests, 1, longest),
		within("retention.moved_out", r.MovedOut, 1, longest),
		within("retention.links", r.Links, 1, longest),
		within("retention.settings", r.Settings, 1, longest),
		within("retention.accounts", r.Accounts, 1, longest),
		within("retention.audit", r.Audit, recordDays, longest),
		within("retention.backups", r.Backups, 1, longest),
	)
}
