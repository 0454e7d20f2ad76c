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

// Command hands the command to the gate's driver. A gate without one is CodeNotFound.
func (d *Gates) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if err := check(cmd); err != nil {
		return err
	}
	driver, err := d.driver(cmd.Gate)
	if err != nil {
		return err
	}
	return driver.Command(ctx, cmd)
}

// State asks the gate's driver. A gate without one is CodeNotFound.
func (d *Gates) State(ctx context.Context, gate string) (menshen.DoorState, error) {
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	driver, err := d.driver(gate)
	if err != nil {
		return menshen.DoorState{}, err
	}
	return driver.State(ctx, gate)
}

func (d *Gates) driver(gate string) (Driver, error) {
	driver, ok := d.drivers[gate]
	if !ok {
		return nil, menshen.Errorf(menshen.CodeNotFound, "door.open", "gate %q has no door driver", gate).
			WithHint("configure a door for the gate, or the driver \"none\"")
	}
	return driver, nil
}

// Close closes all drivers.
func (d *Gates) Close() error {
	var errs []error
	for _, driver := range d.drivers {
		errs = append(errs, driver.Close())
	}
	return errors.Join(errs...)
}
