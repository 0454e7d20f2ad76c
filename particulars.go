package menshen

import (
	"strings"
	"time"
	"unicode/utf8"
)

// DocumentKind is a kind of identity document.
type DocumentKind string

const (
	DocumentNone      DocumentKind = ""
	DocumentIDCard    DocumentKind = "id_card"   // 居民身份证: 18 characters, the last one checks the others
	DocumentPassport  DocumentKind = "passport"  // 护照
	DocumentHKMacau   DocumentKind = "hk_macau"  // 港澳居民来往内地通行证
	DocumentTaiwan    DocumentKind = "taiwan"    // 台湾居民来往大陆通行证
	DocumentResidence DocumentKind = "residence" // 外国人永久居留身份证
	DocumentOther     DocumentKind = "other"
)

// Document is an identity document. The number prints as [secret]; stores keep it encrypted, with a keyed hash to find it by.
type Document struct {
	Kind   DocumentKind
	Number Secret // upper case, without spaces
}

// HouseholdRole is what somebody is in their household.
type HouseholdRole string

const (
	RoleNone   HouseholdRole = ""
	RoleHead   HouseholdRole = "head"   // 户主
	RoleMember HouseholdRole = "member" // 家庭成员
	RoleTenant HouseholdRole = "tenant" // 租户
	RoleHelp   HouseholdRole = "help"   // 保姆、护工
)

// Particulars are what the office knows of a person beyond their name. Gates do not get them.
type Particulars struct {
	Phone    string // digits, perhaps with a leading '+'; "" for none
	Document Document
	Role     HouseholdRole
	Guardian string    // person id; of children under 14, who give no consent themselves
	Born     time.Time // midnight UTC of the day; zero is not known
	Language string    // of notices: "zh" or "en"; "" is the household's
}

// AgeOfConsent is from when somebody consents to the use of their face themselves (PIPL, article 31).
const AgeOfConsent = 14

// Child reports whether the person is known to be under the age of consent on a day.
func (p Particulars) Child(on time.Time) bool {
	return !p.Born.IsZero() && p.Born.AddDate(AgeOfConsent, 0, 0).After(on)
}

// NormalizeDocument gives the form that is kept and searched: upper case, without spaces.
func NormalizeDocument(number string) Secret {
	return Secret(strings.ToUpper(strings.Join(strings.Fields(number), "")))
}

// NormalizePhone gives the form that is kept: digits with perhaps a leading '+'.
func NormalizePhone(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return r
	}, strings.TrimSpace(phone))
}

// Validate checks particulars on their own.
func (p Particulars) Validate() error {
	const op = "menshen.particulars"
	bad := func(format string, args ...any) *Error { return Errorf(CodeInvalid, op, format, args...) }
	digits := strings.TrimPrefix(p.Phone, "+")
	if p.Phone != "" && (len(digits) < 3 || len(digits) > 20 || strings.Trim(digits, "0123456789") != "") {
		return bad("the phone number is not usable").WithHint("write 3 to 20 digits, for example 13800001111")
	}
	switch p.Document.Kind {
	case DocumentNone:
		if p.Document.Number != "" {
			return bad("a document number has no kind").WithHint("say of which kind the document is, for example id_card")
		}
	case DocumentIDCard:
		if !validIDCard(p.Document.Number.Reveal()) {
			return bad("the number of the identity card is not right").WithHint("check its 18 characters; the last one checks the others")
		}
	case DocumentPassport, DocumentHKMacau, DocumentTaiwan, DocumentResidence, DocumentOther:
		if n := len(p.Document.Number); n < 4 || n > 32 || !utf8.ValidString(p.Document.Number.Reveal()) {
			return bad("the document number is not usable").WithHint("write 4 to 32 characters")
		}
	default:
		return bad("the kind of document %q is unknown", p.Document.Kind).WithHint("use id_card, passport, hk_macau, taiwan, residence or other")
	}
	switch p.Role {
	case RoleNone, RoleHead, RoleMember, RoleTenant, RoleHelp:
	default:
		return bad("the household role %q is unknown", p.Role).WithHint("use head, member, tenant or help")
	}
	switch p.Language {
	case "", "zh", "en":
	default:
		return bad("the language %q is unknown", p.Language).WithHint("use zh or en")
	}
	if !p.Born.IsZero() && p.Born.Year() < 1880 {
		return bad("the date of birth is out of range").WithHint("write it like 1990-05-31")
	}
	return nil
}

// validIDCard checks the last character of a resident identity card number (GB 11643-1999, ISO 7064 MOD 11-2).
func validIDCard(number string) bool {
	if len(number) != 18 {
		return false
	}
	sum := 0
	for i := range 17 {
		c := number[i]
		if c < '0' || c > '9' {
			return false
		}
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += int(c-'0') * weight
	}
	return number[17] == "10X98765432"[sum%11]
}
