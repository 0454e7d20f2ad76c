package main_test

import (
	"testing"

	"menshen"
	program "menshen/cmd/menshen"
)

func TestDoorWord(t *testing.T) {
	for want, s := range map[string]menshen.DoorState{
		"alarm":   {Alarm: menshen.AlarmForced, Position: menshen.PositionOpen, Lock: menshen.LockHeld},
		"held":    {Position: menshen.PositionOpen, Lock: menshen.LockHeld},
		"open":    {Position: menshen.PositionOpen, Lock: menshen.LockLocked},
		"closed":  {Position: menshen.PositionUnknown, Lock: menshen.LockLocked},
		"unknown": {Position: menshen.PositionUnknown, Lock: menshen.LockUnlocked},
	} {
		if got := program.DoorWord(s); got.State != want || (want == "alarm") != (got.Message.ZH == "门被强行打开") {
			t.Errorf("%+v is %+v, not %s", s, got, want)
		}
	}
}
