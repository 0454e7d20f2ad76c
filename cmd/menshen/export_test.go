package main

import (
	"time"

	"menshen"
)

// What tests look at that no command shows by itself.

var DoorWord = doorWord

type PostBoard = postBoard

func (b *postBoard) Hear(r menshen.Report, at time.Time) { b.hear(r, at) }

func (b *postBoard) Conditions(posts []string, started, now time.Time) []menshen.Condition {
	return b.conditions(posts, started, now)
}
