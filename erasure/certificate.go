package erasure

import (
	"fmt"
	"strings"
	"time"

	"menshen"
)

// Format is the first word of every certificate. Another form gets another number.
const Format = "menshen-erasure-1"

// Certificate says what a site erased of a person, and when.
type Certificate struct {
	Format  string   `json:"format"`
	Site    string   `json:"site"`
	Number  int64    `json:"number"` // counts up within a site
	Person  string   `json:"person"` // id
	Scope   string   `json:"scope"`  // face, person
	Erased  Counts   `json:"erased"`
	Keys    []string `json:"keys"` // random names of the destroyed keys, hexadecimal
	At      string   `json:"at"`   // RFC 3339, UTC
	Issued  string   `json:"issued"`
	Audit   uint64   `json:"audit"`   // number of the entry in the audit log that asked for it; 0 where there is none
	Backups int      `json:"backups"` // that could not be reached when this was issued, and hold the wrapped keys still
	Text    Words    `json:"text"`

	Key       string `json:"key"`       // public, base64
	Signature string `json:"signature"` // base64
}

// Words are what a certificate says, for people.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Counts says how much was erased of each class.
type Counts struct {
	Templates   int `json:"templates"`
	Photographs int `json:"photographs"`
	Names       int `json:"names"`
	Particulars int `json:"particulars"`
	Signatures  int `json:"signatures"`
	Answers     int `json:"answers"`
	Credentials int `json:"credentials"`
	Records     int `json:"records,omitempty"` // left out of a certificate without any, as of those before there were any
}

// Scopes of an erasure.
const (
	ScopeFace   = "face"
	ScopePerson = "person"
)

// Stamp gives a time as certificates have it.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// describe says in words what the fields say, for whoever gets the certificate on paper.
func (c Certificate) describe() Words {
	zh, en := "人脸模板和照片", "face templates and photographs"
	if c.Scope == ScopePerson {
		zh, en = "姓名、证件、联系方式、人脸模板、照片、签名和问卷答案", "name, identity document, contact details, face templates, photographs, signatures and answers"
	}
	t := Words{
		ZH: fmt.Sprintf("小区 %s 于 %s 销毁了编号 %s 的人员的密钥，其%s自此无法读取，并已删除：模板 %d，照片 %d，姓名 %d，身份与联系方式 %d，签名 %d，问卷答案 %d，通行凭证 %d。",
			c.Site, c.At, c.Person, zh, c.Erased.Templates, c.Erased.Photographs, c.Erased.Names, c.Erased.Particulars, c.Erased.Signatures, c.Erased.Answers, c.Erased.Credentials),
		EN: fmt.Sprintf("On %s the site %s destroyed the keys of the person with the id %s. Their %s have been unreadable since then, and were deleted: templates %d, photographs %d, names %d, particulars %d, signatures %d, answers %d, credentials %d.",
			c.At, c.Site, c.Person, en, c.Erased.Templates, c.Erased.Photographs, c.Erased.Names, c.Erased.Particulars, c.Erased.Signatures, c.Erased.Answers, c.Erased.Credentials),
	}
	if c.Erased.Records > 0 {
		t.ZH += fmt.Sprintf("其健康状态、体温以及来访和出入证中关于本人的内容共 %d 条，同样如此。", c.Erased.Records)
		t.EN += fmt.Sprintf(" So have their state of health, temperatures, and what visits and permits said of them: %d.", c.Erased.Records)
	}
	if c.Backups > 0 {
		t.ZH += fmt.Sprintf("签发时有 %d 份备份不在手边，待其接回时在其中销毁。", c.Backups)
		t.EN += fmt.Sprintf(" %d backups were out of reach when this was issued: the keys are destroyed there once they are back.", c.Backups)
	}
	t.ZH += "通行记录只以编号保留，至其保存期满。"
	t.EN += " Passes stay, under the id alone, until their own time limit."
	return t
}

// check refuses what is no certificate, whoever signed it.
func (c Certificate) check() error {
	const op = "erasure.certificate"
	bad := func(what string) error {
		return menshen.Errorf(menshen.CodeInvalid, op, "this is no erasure certificate: %s", what).WithHint("give a file as the office or menshen erasure list wrote it")
	}
	switch {
	case c.Format != Format:
		return bad("format")
	case c.Site == "" || c.Person == "" || c.Number <= 0:
		return bad("site, person, number")
	case c.Scope != ScopeFace && c.Scope != ScopePerson:
		return bad("scope")
	case len(c.Keys) == 0:
		return bad("keys")
	}
	for _, k := range c.Keys {
		if len(k) != 32 || strings.Trim(k, "0123456789abcdef") != "" {
			return bad("keys")
		}
	}
	for _, at := range []string{c.At, c.Issued} {
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			return bad("at, issued")
		}
	}
	return nil
}
