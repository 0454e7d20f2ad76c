package office

import (
	"strings"

	"menshen"
	"menshen/table"
)

// Columns of tables of people.
const (
	columnName     = "name"
	columnDwelling = "dwelling"
	columnPhone    = "phone"
	columnKind     = "document_kind"
	columnNumber   = "document_number"
	columnBorn     = "born"
	columnRole     = "role"
	columnGuardian = "guardian"
	columnLanguage = "language"
	columnState    = "state"
	columnShared   = "shared"
	columnReturned = "return_date"
	columnFrom     = "from"
)

// peopleColumns are the columns of a table of people, in the order of an export.
func peopleColumns() []table.Column {
	return []table.Column{
		{Key: columnName, Names: []string{"姓名", "name", "名字"}, Required: true},
		{Key: columnDwelling, Names: []string{"住址", "dwelling", "address", "地址", "房号"}},
		{Key: columnPhone, Names: []string{"电话", "phone", "手机", "手机号", "联系电话"}},
		{Key: columnKind, Names: []string{"证件类型", "document kind", "document_kind"}},
		{Key: columnNumber, Names: []string{"证件号", "document number", "document_number", "证件号码", "身份证号", "身份证号码"}},
		{Key: columnBorn, Names: []string{"出生日期", "born", "date of birth", "生日"}},
		{Key: columnRole, Names: []string{"角色", "role", "与户主关系"}},
		{Key: columnGuardian, Names: []string{"监护人", "guardian"}},
		{Key: columnLanguage, Names: []string{"语言", "language"}},
		{Key: columnState, Names: []string{"状态", "state"}},
		{Key: columnShared, Names: []string{"厨卫", "shared", "厨房卫生间", "kitchen and bath"}},
	}
}

// returneeColumns are the columns of a table of returnees and tenants: those of people, and the return.
func returneeColumns() []table.Column {
	return append(peopleColumns(),
		table.Column{Key: columnReturned, Names: []string{"返京日期", "return date", "return_date", "返回日期", "到京日期", "入住日期"}, Required: true},
		table.Column{Key: columnFrom, Names: []string{"来自", "from", "来源地", "返回前所在地"}},
	)
}

// A word is what a table says for a value: Chinese first, as an export writes it.
type word struct {
	value string
	names []string
}

func kindWords() []word {
	return []word{
		{string(menshen.DocumentIDCard), []string{"身份证", "居民身份证", "id card"}},
		{string(menshen.DocumentPassport), []string{"护照"}},
		{string(menshen.DocumentHKMacau), []string{"港澳居民来往内地通行证", "港澳通行证", "回乡证"}},
		{string(menshen.DocumentTaiwan), []string{"台湾居民来往大陆通行证", "台胞证"}},
		{string(menshen.DocumentResidence), []string{"外国人永久居留身份证", "永久居留证"}},
		{string(menshen.DocumentOther), []string{"其他"}},
	}
}

func roleWords() []word {
	return []word{
		{string(menshen.RoleHead), []string{"户主", "本人"}},
		{string(menshen.RoleMember), []string{"家庭成员", "成员", "家属", "子女", "配偶", "父母"}},
		{string(menshen.RoleTenant), []string{"租户", "租客"}},
		{string(menshen.RoleHelp), []string{"保姆", "护工"}},
	}
}

func stateWords() []word {
	return []word{
		{string(menshen.PersonActive), []string{"在住", "有效", "启用"}},
		{string(menshen.PersonInactive), []string{"停用", "迁出", "已迁出"}},
	}
}

// sharedWords say whether a household has kitchen and bath to itself.
func sharedWords() []word {
	return []word{
		{"no", []string{"独用", "独用厨卫", "否", "own", "false"}},
		{"yes", []string{"合用", "合用厨卫", "共用", "是", "shared", "true"}},
	}
}

func languageWords() []word {
	return []word{{"zh", []string{"中文", "汉语", "chinese"}}, {"en", []string{"英文", "英语", "english"}}}
}

// read gives the value of a cell; an unknown word stays itself, for the check that follows to refuse.
func read(cell string, words []word) string {
	cell = strings.ToLower(cell)
	for _, w := range words {
		if cell == w.value {
			return w.value
		}
		for _, name := range w.names {
			if cell == name {
				return w.value
			}
		}
	}
	return cell
}

// write gives the Chinese word for a value.
func write(value string, words []word) string {
	for _, w := range words {
		if w.value == value {
			return w.names[0]
		}
	}
	return value
}
