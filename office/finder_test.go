package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"menshen"
	"menshen/office"
)

func finder(people ...string) *office.Finder {
	f := office.NewFinder()
	for _, line := range people { // name, dwelling, phone
		w := strings.Split(line, "|")
		p := menshen.Person{ID: w[0], Name: w[0], State: menshen.PersonActive}
		if w[1] != "" {
			p.Dwelling = home(w[1])
		}
		f.Put(p, w[2])
	}
	return f
}

func TestFinder(t *testing.T) {
	f := finder(
		"王小明|3-2-14-1402|13800001111", "王晓梅|3-2-14-1401|+86 139 1234 5678", "单雄信|1-1-2-201|", "解珍|1-1-2-202|", "曾国藩|2-1-1-101|",
		"吕布|2-1-1-102|", "欧阳娜娜|5-1-3-302|", "John Smith|5-1-3-303|", "尉迟恭||", "小明|6-1-1-101|", "万俟卨||", "单于|9-1-B1-007|",
	)
	for query, want := range map[string]string{
		"王小明": "王小明", "小明": "小明 王小明", "wangxiaoming": "王小明", "wangxm": "王晓梅 王小明", "wxm": "王晓梅 王小明", "wang xiaoming": "王小明", "WangXiaoMing": "王小明",
		"xiaom": "小明 王晓梅 王小明", "shan": "单于 单雄信", "sxx": "单雄信", "xie": "解珍 万俟卨", "xiezhen": "解珍", "zengguofan": "曾国藩", "zgf": "曾国藩", "lv": "吕布", "lvbu": "吕布", "lubu": "吕布", "lü": "吕布",
		"ouyang": "欧阳娜娜", "oynn": "欧阳娜娜", "smith": "John Smith", "john smith": "John Smith", "js": "John Smith", "yuchi": "尉迟恭", "moqi": "万俟卨", "chanyu": "单于",
		"1402": "王小明", "3-2-14-1402": "王小明", "3-2-1402": "王小明", "3-1402": "王小明", "3号楼1402室": "王小明", "3号楼2单元1401": "王晓梅", "b1-007": "单于",
		"王 1401": "王晓梅", "13800001111": "王小明", "0000": "王小明", "5678": "王晓梅", "+8613912345678": "王晓梅", "139-1234-5678": "王晓梅", "139 1234 5678": "王晓梅", "王 5678": "王晓梅",
		"🐼": "", "zhao": "", "wangg": "", "xi'an": "",
	} {
		ids, total := f.Find(office.FindQuery{Text: query, Phones: true})
		if got := strings.Join(ids, " "); got != want || total != len(ids) {
			t.Errorf("%q finds %q (%d), not %q", query, got, total, want)
		}
	}
	if ids, _ := f.Find(office.FindQuery{Text: "13800001111"}); len(ids) != 0 {
		t.Errorf("a number was found by whoever may not ask for numbers: %v", ids)
	}
	// Everybody as a telephone book has them, and pages of it.
	all, total := f.Find(office.FindQuery{})
	if total != 12 || all[0] != "单于" || slices.Index(all, "单雄信") > slices.Index(all, "王小明") || all[len(all)-1] != "曾国藩" {
		t.Errorf("%d: %v", total, all)
	}
	page, total := f.Find(office.FindQuery{Limit: 5, Offset: 10})
	if total != 12 || !slices.Equal(page, all[10:]) {
		t.Errorf("page %v of %d", page, total)
	}
	if page, _ := f.Find(office.FindQuery{Limit: 5, Offset: 100}); len(page) != 0 {
		t.Error(page)
	}
	// Who changed is found anew, and not as before.
	f.Put(menshen.Person{ID: "王小明", Name: "王大明", State: menshen.PersonActive}, "")
	for query, want := range map[string]int{"wxm": 1, "wdm": 1, "1402": 0, "13800001111": 0} {
		if ids, _ := f.Find(office.FindQuery{Text: query, Phones: true}); len(ids) != want {
			t.Errorf("%q finds %v", query, ids)
		}
	}
}

// BenchmarkFinder looks for people among 10,000, as one key press does.
func BenchmarkFinder(b *testing.B) {
	f := office.NewFinder()
	family, given := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗曾单解"), []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂")
	for i := range 10_000 {
		name := string([]rune{family[i%len(family)], given[i/7%len(given)], given[i/131%len(given)]})
		p := menshen.Person{ID: fmt.Sprint("p-", i), Name: name, Dwelling: menshen.Dwelling{Building: fmt.Sprint(i%40 + 1), Unit: "1", Floor: i%20 + 1, Room: fmt.Sprint(i%20+1, "02")}}
		f.Put(p, fmt.Sprintf("138%08d", i*7919%100_000_000))
	}
	for _, query := range []string{"", "王", "w", "zengwf", "1402", "13800"} {
		b.Run("q="+query, func(b *testing.B) {
			for b.Loop() {
				f.Find(office.FindQuery{Text: query, Phones: true, Limit: 50})
			}
		})
	}
}
