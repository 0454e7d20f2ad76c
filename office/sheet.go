package office

import (
	"bytes"
	"context"
	_ "embed" // the page
	"encoding/base64"
	"html/template"
	"strings"
	"time"

	"rsc.io/qr"

	"menshen"
)

//go:embed sheet.html
var sheetPage string

// maxSheets is how many permits one page prints.
const maxSheets = 500

// sheet is one permit as the page shows it. Each text is in the language asked for, or in both.
type sheet struct {
	Site, Kind, Colour    string
	Name, Dwelling, Plate string
	ID, Issued            string
	Lines                 []sheetLine
	QR                    template.URL // data URI of a PNG that we made ourselves
}

type sheetLine struct{ Label, Value string }

// PrintPermits gives an HTML page to print, complete in itself: one A5 sheet for each permit with its kind as a band of
// colour, the holder, validity, gates, hours and a QR. language is zh, en, or "" for both. CodeNotFound for an unknown
// permit, CodeConflict for one that is revoked or expired: such a sheet must not be handed out.
func (o *Office) PrintPermits(ctx context.Context, ids []string, language string) ([]byte, error) {
	const op = "office.sheet"
	switch language {
	case "", "zh", "en":
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the language %q is unknown", language).WithHint("use zh or en")
	}
	if len(ids) == 0 || len(ids) > maxSheets {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%d permits cannot be printed at once", len(ids)).WithHint("print 1 to %d", maxSheets)
	}
	t, err := template.New("sheet").Parse(sheetPage)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the page cannot be made").WithCause(err)
	}
	tongue := speech(language)
	page := struct {
		Lang, Title string
		Sheets      []sheet
	}{Lang: "zh-CN", Title: tongue.say(menshen.Text{ZH: "出入证", EN: "Permits"})}
	if language == "en" {
		page.Lang = "en"
	}
	for _, id := range ids {
		s, err := o.sheet(ctx, id, tongue)
		if err != nil {
			return nil, err
		}
		page.Sheets = append(page.Sheets, s)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the page cannot be made").WithCause(err)
	}
	return b.Bytes(), nil
}

// speech is the language of a sheet: zh, en, or "" for both.
type speech string

// say gives a text in the language, or in both with a stroke between them.
func (l speech) say(t menshen.Text) string {
	if l != "" || t.ZH == t.EN || t.EN == "" || t.ZH == "" {
		return t.In(string(l))
	}
	return t.ZH + " / " + t.EN
}

func (o *Office) sheet(ctx context.Context, id string, l speech) (sheet, error) {
	const op = "office.sheet"
	p, err := o.deps.Store.Permit(ctx, id)
	if err != nil {
		return sheet{}, err
	}
	switch StatusOf(p, o.deps.Clock()) {
	case PermitRevoked, PermitExpired:
		return sheet{}, menshen.Errorf(menshen.CodeConflict, op, "permit %s is no longer good and is not printed", id).WithHint("issue or renew it first")
	}
	holder, err := o.deps.Store.Person(ctx, p.Person)
	if err != nil {
		return sheet{}, err
	}
	code, err := o.deps.Signer.PermitCode(p, true)
	if err != nil {
		return sheet{}, err
	}
	picture, err := qr.Encode(code, qr.M)
	if err != nil {
		return sheet{}, menshen.Errorf(menshen.CodeInternal, op, "the code of permit %s is too long for a QR", id).WithCause(err)
	}
	picture.Scale = 4
	site := o.deps.Site()
	s := sheet{
		Site: l.say(site.Name), Kind: l.say(p.Kind.Text()), Colour: string(p.Kind), Name: holder.Name, Plate: p.Plate, ID: p.ID,
		Issued: o.day(p.Issued),
		QR:     template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.PNG())),
	}
	if holder.Dwelling != (menshen.Dwelling{}) {
		s.Dwelling = holder.Dwelling.String()
	}
	s.Lines = o.sheetLines(p, site, l)
	return s, nil
}

// sheetLines says in words when and where a permit is good.
func (o *Office) sheetLines(p menshen.Permit, site menshen.Site, l speech) []sheetLine {
	until := l.say(menshen.Text{ZH: "长期", EN: "without end"})
	if !p.To.IsZero() {
		until = o.day(p.To)
	}
	gates := l.say(menshen.Text{ZH: "全部出入口", EN: "every gate"})
	if len(p.Gates) > 0 {
		var names []string
		for _, id := range p.Gates {
			name := id
			if g, ok := site.Gate(id); ok && (g.Name.ZH != "" || g.Name.EN != "") {
				name = l.say(g.Name)
			}
			names = append(names, name)
		}
		gates = strings.Join(names, "、")
		if l == "en" {
			gates = strings.Join(names, ", ")
		}
	}
	hours := p.Hours.String()
	if hours == "" {
		hours = l.say(menshen.Text{ZH: "全天", EN: "all day"})
	}
	return []sheetLine{
		{l.say(menshen.Text{ZH: "有效期", EN: "Valid"}), o.day(p.From) + " – " + until},
		{l.say(menshen.Text{ZH: "出入口", EN: "Gates"}), gates},
		{l.say(menshen.Text{ZH: "日期和时间", EN: "Days and hours"}), weekdays(p.Weekdays, l) + " " + hours},
	}
}

// weekdays names a set of days, Monday first.
func weekdays(w menshen.Weekdays, l speech) string {
	if w == 0 || w == 1<<7-1 {
		return l.say(menshen.Text{ZH: "每天", EN: "every day"})
	}
	names := [...]menshen.Text{{ZH: "周日", EN: "Sun"}, {ZH: "周一", EN: "Mon"}, {ZH: "周二", EN: "Tue"}, {ZH: "周三", EN: "Wed"}, {ZH: "周四", EN: "Thu"}, {ZH: "周五", EN: "Fri"}, {ZH: "周六", EN: "Sat"}}
	var zh, en []string
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); w.Has(d) {
			zh, en = append(zh, names[d].ZH), append(en, names[d].EN)
		}
	}
	return l.say(menshen.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")})
}
