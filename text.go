package menshen

// Text is something a person reads, in both languages. Chinese comes first.
type Text struct {
	ZH string
	EN string
}

// In gives the text in the language named by a BCP 47 tag: English for "en…", Chinese for all else; if that one is
// empty, the other.
func (t Text) In(lang string) string {
	if len(lang) >= 2 && (lang[:2] == "en" || lang[:2] == "EN") {
		if t.EN != "" {
			return t.EN
		}
		return t.ZH
	}
	if t.ZH != "" {
		return t.ZH
	}
	return t.EN
}
