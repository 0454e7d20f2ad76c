package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
)

var full = menshen.Errorf(menshen.CodeExhausted, "outbox.append", "the disk is full")

// A door that hangs keeps neither passes nor other doors waiting, and is told nothing that went stale.
func TestDoorHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.doors.set("east", true, false)
		begin := time.Now()
		w.walk("east-a", "t1", "ann", 2)
		w.walk("west-a", "t2", "ann", 2)
		w.expect("allow ann active_resident", "allow ann active_resident")
		if w.doors.at("west") != 1 {
			t.Error("the other door was not told")
		}
		if d := time.Since(begin); d > 500*time.Millisecond {
			t.Errorf("deciding took %v", d)
		}
		w.walk("east-a", "t3", "bob", 2)
		w.walk("east-out", "t4", "bob", 2)
		time.Sleep(1500 * time.Millisecond)
		w.expectConditions("door-failing:east")
		time.Sleep(3 * time.Second) // ann's and bob's commands have run out of time
		w.doors.set("east", false, false)
		time.Sleep(3 * time.Second)
		w.walk("west-a", "t5", "bob", 2)
		before := w.doors.at("east")
		w.walk("east-out", "t6", "ann", 2)
		if n := w.doors.at("east"); n != before+1 {
			t.Errorf("the door was told %d times after it works again", n-before)
		}
		w.expectConditions()
	})
}

func TestDoorCommandsGoStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, func(c *access.Config) { c.DoorLimit = 10 * time.Second; c.DoorStale = 3 * time.Second })
		w.doors.set("east", true, false)
		w.walk("east-a", "t1", "ann", 2)
		w.walk("east-a", "t2", "bob", 2)
		w.doors.set("east", false, false)
		time.Sleep(15 * time.Second)
		if n := w.doors.at("east"); n != 0 {
			t.Errorf("the door was told %d times with nobody there", n)
		}
		w.expectConditions("door-failing:east")
	})
}

func TestDoorFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, func(c *access.Config) {
			c.DoorLimit = time.Minute
			c.DoorStale = time.Minute
			c.Cooldown = 10 * time.Millisecond
		})
		w.doors.set("east", false, true)
		w.walk("east-a", "t1", "ann", 2)
		w.expectConditions("door-failing:east")
		if c := w.Conditions()[0]; !strings.Contains(c.Meaning.EN, "East Gate") || !strings.Contains(c.Meaning.ZH, "东门") || !strings.Contains(c.Detail, "jammed") {
			t.Errorf("the condition is %+v", c)
		}
		w.doors.set("east", true, false)
		for i := range 20 { // more than may wait
			w.walk("east-a", fmt.Sprint("u", i), "ann", 2)
		}
		if n := len(w.passes()); n != 21 {
			t.Errorf("%d passes", n)
		}
		if n := w.figure("menshen_access_door_commands_total"); n < 10 {
			t.Errorf("%v commands are counted", n)
		}
	})
}

// Records that are full: nothing is granted, nothing is lost, and all comes right by itself.
func TestRecordsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.records.fail(full)
		w.walk("east-a", "t1", "ann", 2) // nobody can know yet
		if w.doors.at("east") != 1 {
			t.Fatal("the door waited for the records")
		}
		w.expectConditions("records-full")
		w.walk("west-a", "t2", "bob", 2)
		w.walk("east-a", "t3", "sam", 2)
		time.Sleep(30 * time.Second)
		w.expect()
		if n := w.doors.at("west"); n != 0 {
			t.Errorf("the door was told %d times while passes cannot be kept", n)
		}
		if n := w.figure("menshen_access_passes_waiting"); n != 3 {
			t.Errorf("%v passes wait", n)
		}
		w.records.fail(nil)
		time.Sleep(6 * time.Second)
		got := w.passes()
		slices.Sort(got)
		if want := []string{"allow ann active_resident", "deny unknown_face", "review bob records_full"}; !slices.Equal(got, want) {
			t.Errorf("kept %q, want %q", got, want)
		}
		w.expectConditions()
		w.walk("west-a", "t4", "bob", 2)
		if got := w.passes(); got[len(got)-1] != "allow bob active_resident" {
			t.Errorf("after recovery: %q", got)
		}
		if n := strings.Count(w.log.String(), "passes cannot be kept"); n != 2 {
			t.Errorf("the trouble was logged %d times at two gates", n)
		}
	})
}

// While one gate's append hangs the others decide on; when it hangs for long the records count as full.
func TestRecordsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		release := w.records.hang("east")
		w.walk("east-a", "t1", "ann", 2)
		w.walk("west-a", "t2", "bob", 2)
		w.expect("allow bob active_resident")
		w.expectConditions()
		time.Sleep(2 * time.Second)
		w.expectConditions("records-full")
		w.walk("west-a", "t3", "ann", 2)
		w.expect("allow bob active_resident", "review ann records_full")
		release()
		w.expect("allow bob active_resident", "review ann records_full", "allow ann active_resident")
		w.expectConditions()
	})
}

// A full queue stops grants before it can lose one; what it loses are refusals, in the log in full.
func TestQueueOfPassesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, func(c *access.Config) { c.QueueSize = 3; c.Cooldown = 10 * time.Millisecond })
		release := w.records.hang("east")
		for i := range 8 {
			w.walk("east-a", fmt.Sprint("t", i), "ann", 2)
		}
		release()
		time.Sleep(time.Second)
		w.expect("allow ann active_resident", "allow ann active_resident", "allow ann active_resident")
		if n := w.doors.at("east"); n != 3 {
			t.Errorf("the door was told %d times", n)
		}
		if n := strings.Count(w.log.String(), "pass lost"); n != 5 || strings.Contains(w.log.String(), "outcome=allow") {
			t.Errorf("%d passes are lost:\n%s", n, w.log)
		}
		w.expectConditions("passes-lost:east")
	})
}

// A pass that can never be kept must not stand in the way of the others.
func TestPassThatIsInvalid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.records.fail(menshen.Errorf(menshen.CodeInvalid, "test", "no such site"))
		w.walk("east-a", "t1", "ann", 2)
		w.records.fail(nil)
		w.walk("east-a", "t2", "bob", 2)
		w.expect("allow bob active_resident")
		w.expectConditions("passes-lost:east")
		if n := w.figure("menshen_access_passes_lost_total"); n != 1 {
			t.Errorf("%v passes are counted as lost", n)
		}
	})
}

func TestStopKeepsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.records.fail(full)
		w.walk("east-a", "t1", "ann", 2)
		w.walk("west-a", "t2", "sam", 2)
		time.AfterFunc(2*time.Second, func() { w.records.fail(nil) })
		if err := w.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		if n := len(w.records.kept); n != 2 {
			t.Errorf("%d passes were kept", n)
		}
	})
}

func TestStopSaysWhatIsLost(t *testing.T) {
	for _, hanging := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := MustWorld(t, nil)
			if hanging {
				w.records.hang("east")
			} else {
				w.records.fail(full)
			}
			w.doors.set("east", true, false)
			w.walk("east-a", "t1", "ann", 2)
			w.walk("east-a", "t2", "sam", 2)
			begin := time.Now()
			err := w.stop()
			if menshen.ErrorCode(err) != menshen.CodeExhausted || !strings.Contains(err.Error(), "2 passes") {
				t.Errorf("Run: %v", err)
			}
			if d := time.Since(begin); d != 5*time.Second {
				t.Errorf("stopping took %v", d)
			}
			if n := strings.Count(w.log.String(), "pass lost"); n != 2 || !strings.Contains(w.log.String(), "person=ann") {
				t.Errorf("the log has %d lost passes:\n%s", n, w.log)
			}
		})
	}
}
