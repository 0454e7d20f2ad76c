package sqlite

import (
	"context"
	"database/sql"

	"menshen"
)

// SetGates keeps the states of gates, all or nothing; other gates stay as they are.
func (s *Site) SetGates(ctx context.Context, gates ...menshen.GateSetting) error {
	const op = "sqlite.set_gates"
	for _, g := range gates {
		if err := menshen.ValidateSlug("gate", g.Gate); err != nil {
			return err
		}
		switch g.State {
		case menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed:
		default:
			return menshen.Errorf(menshen.CodeInvalid, op, "gate %q has the unknown state %q", g.Gate, g.State).WithHint("use open, guarded or closed")
		}
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		var keys []string
		for _, g := range gates {
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO gate_settings (gate, state) VALUES (?, ?)", g.Gate, string(g.State))
			if err != nil {
				return err
			}
			keys = append(keys, g.Gate)
		}
		return mark(ctx, tx, menshen.ChangeGate, keys...)
	})
}

func scanGate(rows *sql.Rows) (g menshen.GateSetting, err error) {
	return g, rows.Scan(&g.Gate, &g.State)
}

// GateSettings gives the states that the office has set; gates that it never touched are not among them.
func (s *Site) GateSettings(ctx context.Context) (map[string]menshen.GateState, error) {
	all, err := collect(stream(ctx, s.db, "sqlite.gate_settings", "SELECT gate, state FROM gate_settings", nil, scanGate))
	if err != nil {
		return nil, err
	}
	states := make(map[string]menshen.GateState, len(all))
	for _, g := range all {
		states[g.Gate] = g.State
	}
	return states, nil
}

const selectSite = "SELECT mode, permit_key, number_key FROM site_setting"

// SetSite keeps the mode and the keys of the site in place of what was kept. The number key is encrypted.
func (s *Site) SetSite(ctx context.Context, x menshen.SiteSetting) error {
	const op = "sqlite.set_site"
	if x.Mode != "" && !x.Mode.Valid() {
		return menshen.Errorf(menshen.CodeInvalid, op, "the mode of the site %q is unknown", x.Mode).WithHint("use normal, closed or lock-down")
	}
	for _, key := range [][]byte{x.PermitKey, x.NumberKey} {
		if len(key) != 0 && len(key) != keyLength {
			return menshen.Errorf(menshen.CodeInvalid, op, "a key of the site has %d bytes instead of %d", len(key), keyLength)
		}
	}
	sealed, err := s.vault.keep(op, x.NumberKey, "site_setting", "number_key")
	if err != nil {
		return err
	}
	var public any
	if len(x.PermitKey) > 0 {
		public = x.PermitKey
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO site_setting (id, mode, permit_key, number_key) VALUES (1, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET mode = excluded.mode, permit_key = excluded.permit_key, number_key = excluded.number_key`,
			string(x.Mode), public, sealed)
		if err != nil {
			return err
		}
		return mark(ctx, tx, menshen.ChangeSite, "")
	})
}

func (s *Site) scanSite(rows *sql.Rows) (x menshen.SiteSetting, err error) {
	var sealed []byte
	if err := rows.Scan(&x.Mode, &x.PermitKey, &sealed); err != nil {
		return x, err
	}
	x.NumberKey, err = s.vault.read("sqlite.site_setting", sealed, "site_setting", "number_key")
	return x, err
}

// SiteSetting gives what was set of the site, the zero value where nothing was.
func (s *Site) SiteSetting(ctx context.Context) (menshen.SiteSetting, error) {
	x, _, err := first(stream(ctx, s.db, "sqlite.site_setting", selectSite, nil, s.scanSite))
	if err != nil {
		return menshen.SiteSetting{}, err
	}
	return x, nil
}

// SetPermitSeed keeps the seed, 32 bytes, of the Ed25519 key that signs codes on permits. It is encrypted, and no gate is
// ever told.
func (s *Site) SetPermitSeed(ctx context.Context, seed []byte) error {
	const op = "sqlite.set_permit_seed"
	if len(seed) != keyLength {
		return menshen.Errorf(menshen.CodeInvalid, op, "a key of the site has %d bytes instead of %d", len(seed), keyLength)
	}
	sealed, err := s.vault.keep(op, seed, "site_setting", "permit_seed")
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO site_setting (id, permit_seed) VALUES (1, ?)
			ON CONFLICT (id) DO UPDATE SET permit_seed = excluded.permit_seed`, sealed)
		return err
	})
}

// PermitSeed gives the seed, or CodeNotFound where there is none yet.
func (s *Site) PermitSeed(ctx context.Context) ([]byte, error) {
	const op = "sqlite.permit_seed"
	const query = "SELECT permit_seed FROM site_setting WHERE permit_seed IS NOT NULL"
	seed, found, err := first(stream(ctx, s.db, op, query, nil, func(rows *sql.Rows) ([]byte, error) {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return nil, err
		}
		return s.vault.read(op, sealed, "site_setting", "permit_seed")
	}))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "the site has no key that signs permits yet").WithHint("start menshen once: it makes one")
	}
	return seed, err
}
