package office

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// syllables are the readings of each character of a name, the likeliest first: of 曾 at its beginning zeng, then ceng. A run of
// other letters is one syllable; what is neither is left out.
type syllables [][]string

// surnames are read otherwise than the characters mostly are.
var surnames = map[string][]string{
	"单": {"shan"}, "解": {"xie"}, "曾": {"zeng"}, "仇": {"qiu"}, "区": {"ou"}, "查": {"zha"}, "朴": {"piao"}, "翟": {"zhai"}, "盖": {"ge"},
	"乐": {"yue"}, "覃": {"qin"}, "员": {"yun"}, "种": {"chong"}, "缪": {"miao"}, "折": {"she"}, "繁": {"po"}, "洗": {"xian"}, "冼": {"xian"},
	"祭": {"zhai"}, "那": {"na"}, "晟": {"cheng"}, "重": {"chong"}, "召": {"shao"}, "盛": {"sheng"}, "宿": {"su"}, "石": {"shi"}, "秘": {"bi"},
	"尉迟": {"yu", "chi"}, "万俟": {"mo", "qi"}, "长孙": {"zhang", "sun"}, "令狐": {"ling", "hu"}, "单于": {"chan", "yu"}, "澹台": {"tan", "tai"},
}

func pinyinArgs() pinyin.Args {
	a := pinyin.NewArgs() // without tones; ü is v
	a.Heteronym = true
	return a
}

// readName gives the syllables of a name.
func readName(name string) syllables {
	args := pinyinArgs()
	var all syllables
	word := strings.Builder{}
	end := func() {
		if word.Len() > 0 {
			all = append(all, []string{word.String()})
			word.Reset()
		}
	}
	runes := []rune(strings.ToLower(name))
	for _, r := range runes {
		switch {
		case unicode.Is(unicode.Han, r):
			end()
			read := slices.Clone(pinyin.SinglePinyin(r, args))
			for _, s := range read { // 吕 is written lv, lu and lyu
				if rest, ok := strings.CutPrefix(s, "lv"); ok {
					read = append(read, "lu"+rest, "lyu"+rest)
				} else if rest, ok := strings.CutPrefix(s, "nv"); ok {
					read = append(read, "nu"+rest, "nyu"+rest)
				}
			}
			if len(read) > 0 {
				all = append(all, dedupe(read))
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		default:
			end()
		}
	}
	end()
	for _, n := range []int{2, 1} {
		if len(runes) < n || len(all) < n {
			continue
		}
		if read, ok := surnames[string(runes[:n])]; ok {
			for i, s := range read {
				all[i] = dedupe(append([]string{s}, all[i]...))
			}
			break
		}
	}
	return all
}

func dedupe(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// key orders names as a telephone book does.
func (s syllables) key() string {
	first := make([]string, len(s))
	for i, readings := range s {
		first[i] = readings[0]
	}
	return strings.Join(first, " ")
}

// match says how well letters without spaces spell the name: whole for all of it, begins for its beginning, inside for a part
// from some character on, none. Of each syllable any beginning may be written: wxm, wangxm and wangxiaom are all 王小明.
func (s syllables) match(letters string) fit {
	if letters == "" {
		return none
	}
	switch s.from(0, letters) {
	case spelt:
		return whole
	case begun:
		return begins
	}
	for i := 1; i < len(s); i++ {
		if s.from(i, letters) != notSpelt {
			return inside
		}
	}
	return none
}

type spelling int

const (
	notSpelt spelling = iota
	begun             // the letters end before the name does
	spelt             // they are the name to its end
)

func (s syllables) from(i int, letters string) spelling {
	if letters == "" {
		if i == len(s) {
			return spelt
		}
		return begun
	}
	if i == len(s) {
		return notSpelt
	}
	best := notSpelt
	for _, reading := range s[i] {
		n := 0
		for n < len(reading) && n < len(letters) && reading[n] == letters[n] {
			n++
			if got := s.from(i+1, letters[n:]); got > best {
				best = got
			}
		}
	}
	return best
}
