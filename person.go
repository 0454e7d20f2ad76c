package menshen

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Dwelling is where a household lives: building–unit–floor–room (楼–单元–层–室), e.g. 3-2-14-1402.
type Dwelling struct {
	Building string
	Unit     string
	Floor    int // 1 is the ground floor; basements are negative; 0 is no floor
	Room     string
}

// ParseDwelling reads "building-unit-floor-room", e.g. "3-2-14-1402".
func ParseDwelling(s string) (Dwelling, error) {
	parts := strings.Split(strings.TrimSpace(s), "-")
	bad := Errorf(CodeInvalid, "menshen.dwelling", "dwelling %q is not building-unit-floor-room", s).
		WithHint("write it like 3-2-14-1402: building 3, unit 2, floor 14, room 1402")
	if len(parts) != 4 {
		return Dwelling{}, bad
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
		if parts[i] == "" || utf8.RuneCountInString(parts[i]) > 16 {
			return Dwelling{}, bad
		}
	}
	below := strings.HasPrefix(parts[2], "B")
	floor, err := strconv.Atoi(strings.TrimPrefix(parts[2], "B"))
	if err != nil || floor < 1 || floor > 200 {
		return Dwelling{}, bad
	}
	if below {
		floor = -floor
	}
	return Dwelling{Building: parts[0], Unit: parts[1], Floor: floor, Room: parts[3]}, nil
}

// String gives the form that ParseDwelling reads; basements are written B1, B2, …
func (d Dwelling) String() string {
	floor := strconv.Itoa(d.Floor)
	if d.Floor < 0 {
		floor = "B" + strconv.Itoa(-d.Floor)
	}
	return fmt.Sprintf("%s-%s-%s-%s", d.Building, d.Unit, floor, d.Room)
}

// Household (住户) is the people who share a dwelling.
type Household struct {
	ID       string
	Dwelling Dwelling
	Language string // of notices: "zh" or "en"; "" is zh
	Note     string // for the office
	Shared   bool   // kitchen and bath are shared with other households (合用厨卫), not their own
}

// PersonState says whether somebody is in the registry now.
type PersonState string

const (
	PersonActive   PersonState = "active"   // lives or works here: the gate may let them in
	PersonInactive PersonState = "inactive" // moved away or suspended: known, but not let in
)

// Person (人员) is one human being, one record, whatever roles they have over time.
type Person struct {
	ID        string
	Name      string
	Household string // household id
	Dwelling  Dwelling
	State     PersonState
	Created   time.Time
}

// maxName is the longest name in characters that the registry keeps.
const maxName = 80

// Validate checks what a person record must have.
func (p Person) Validate() error {
	const op = "menshen.person"
	name := strings.TrimSpace(p.Name)
	switch {
	case p.ID == "":
		return Errorf(CodeInvalid, op, "a person has no id")
	case name == "":
		return Errorf(CodeInvalid, op, "a person has no name").WithHint("give a name")
	case !utf8.ValidString(p.Name) || utf8.RuneCountInString(name) > maxName:
		return Errorf(CodeInvalid, op, "the name is not usable").WithHint("use UTF-8 and at most %d characters", maxName)
	case p.State != PersonActive && p.State != PersonInactive:
		return Errorf(CodeInvalid, op, "person %q has the unknown state %q", p.ID, p.State).WithHint("use active or inactive")
	}
	return nil
}

// CheckName refuses as a name what nobody is called, such as one with emoji, where it is entered: a name is read out, searched
// for and compared with documents. What the registry has already stays as it is.
func CheckName(name string) error {
	for _, r := range name {
		if unicode.In(r, unicode.So, unicode.Sk, unicode.Cc, unicode.Co, unicode.Zl, unicode.Zp) {
			return Errorf(CodeInvalid, "menshen.name", "the name has %q in it, which is no letter", r).
				WithHint("write the name as it stands on the document, without emoji or other signs")
		}
	}
	return nil
}

// NameErased stands where the name of a person was erased.
const NameErased = "—"
