package main

import "menshen/language"

// said gives a message or hint, which is written in English where it arises, in the user's language. The catalogue is
// made when the first one is to be said in Chinese; without it they stay as they are.
func (a *app) said(text string) string {
	if a.english {
		return text
	}
	if a.catalogue == nil {
		c, err := language.New()
		if err != nil {
			return text // an error about an error helps nobody
		}
		a.catalogue = c
	}
	return a.catalogue.Chinese(text)
}
