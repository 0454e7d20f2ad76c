package door

import (
	"context"
	"errors"
	"maps"

	"menshen"
)

// Gates is a driver for each gate, by gate id. It is itself a driver and safe for concurrent use; the drivers belong to
// it.
type Gates struct {
	drivers map[string]Driver
}

// NewGates joins drivers.
func NewGates(drivers map[string]Driver) *Gates { return &Gates{drivers: maps.Clone(drivers)} }

// Open hands the command to the gate's driver. A gate without one is CodeNotFound.
func (d *Gates) Open(ctx context.Context, cmd menshen.DoorCommand) error {
	if err := check(cmd); err != nil {
		return err
	}
	driver, ok := d.drivers[cmd.Gate]
	if !ok {
		return menshen.Errorf(menshen.CodeNotFound, "door.open", "gate %q has no door driver", cmd.Gate).
			WithHint("configure a door for the gate, or the driver \"none\"")
	}
	return driver.Open(ctx, cmd)
}

// Close closes all drivers.
func (d *Gates) Close() error {
	var errs []error
	for _, driver := range d.drivers {
		errs = append(errs, driver.Close())
	}
	return errors.Join(errs...)
}
