package main

import (
	"sync"

	"menshen/language"
)

// said gives a message or hint, which is written in English where it arises, in the user's language.
func (a *app) said(text string) string {
	if a.english {
		return text
	}
	return a.chinese(text)
}

// chinese makes a function that gives messages and hints in Chinese. The catalogue is read when the first one is asked
// for. Several goroutines may call the function.
func chinese() func(text string) string {
	catalogue := sync.OnceValues(language.New)
	return func(text string) string {
		c, err := catalogue()
		if err != nil {
			return text // an error about an error helps nobody
		}
		return c.Chinese(text)
	}
}

// tag is the user's language as a BCP 47 tag.
func (a *app) tag() string {
	if a.english {
		return "en"
	}
	return "zh"
}
