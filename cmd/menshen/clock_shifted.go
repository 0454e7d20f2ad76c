//go:build shiftedclock

package main

import (
	"os"
	"time"
)

// clock is the machine's, ahead by what the file that MENSHEN_TEST_CLOCK names says. It is in no binary but those that tests
// build to let days go by.
func clock() time.Time {
	b, err := os.ReadFile(os.Getenv("MENSHEN_TEST_CLOCK"))
	if err != nil {
		return time.Now()
	}
	ahead, err := time.ParseDuration(string(b))
	if err != nil {
		return time.Now()
	}
	return time.Now().Add(ahead)
}
