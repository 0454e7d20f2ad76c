package web

import (
	"context"

	"menshen"
)

// checkGates refuses gates that the site does not have.
func checkGates(ctx context.Context, o Overview, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	site, err := o.Site(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := site.Gate(id); !ok {
			return menshen.Errorf(menshen.CodeNotFound, "web.passes", "gate: the site has no gate %q", id).
				WithHint("leave it out for all gates; menshen.yaml lists them")
		}
	}
	return nil
}

// checkOwnGate refuses a gate that the site does not have, or that the caller's token is not for.
func checkOwnGate(ctx context.Context, o Overview, id string) error {
	if err := menshen.ValidateSlug("gate", id); err != nil {
		return err
	}
	if err := checkBearerGate(ctx, id); err != nil {
		return err
	}
	return checkGates(ctx, o, id)
}
