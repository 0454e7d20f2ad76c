package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html/template"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// packLimit is how many passes, and how many looks, one pack lists: the latest.
const packLimit = 20_000

// pack is what is held about a person and who looked, gathered for that person.
type pack struct {
	*hub
	printed

	loc        *time.Location
	person     menshen.Person
	withPasses bool // with what tells where they were and when
	files      []packedFile
}

type packedFile struct {
	name string
	data []byte
}

// packPerson gives what is held about a person as a ZIP: with their passes where a request is given, which was approved and counted.
func (h *hub) packPerson(ctx context.Context, person, askedBy string, request *menshen.PackRequest) ([]byte, string, error) {
	record, err := h.bureau.Record(ctx, person)
	if err != nil {
		return nil, "", err
	}
	p := &pack{hub: h, loc: caseView{h}.zone(), person: record.Person, withPasses: request != nil}
	p.Title = menshen.Text{ZH: "关于您的信息：" + record.Person.Name, EN: "What is held about you: " + record.Person.Name}
	p.Made, p.By = time.Now().In(p.loc), "menshen "+version()+", "+both(h.site.Name)
	about := p.add("about", menshen.Text{ZH: "说明", EN: "About this"})
	about.note("应 "+askedBy+" 的请求提供。您可以要求更正、撤回同意或删除；请联系物业。", "Given on the request of "+askedBy+". You can have it corrected, withdraw your consent, or have it erased: ask the property office.")
	passes := func(context.Context) error { return nil }
	if p.withPasses {
		passes = p.passes
		about.note("包含通行记录：由 "+request.RequestedBy+" 于 "+p.time(request.Requested)+" 申请，"+request.DecidedBy+" 于 "+p.time(request.Decided)+" 批准。",
			"Your passes are in here: "+request.RequestedBy+" asked for them at "+p.time(request.Requested)+", and "+request.DecidedBy+" approved it at "+p.time(request.Decided)+".")
	} else {
		about.note("不包含通行记录，也不说明在哪个出入口、几点测体温和来访何时进出：须另行申请，并由第二人批准。", "Your passes are not in here, nor at which gate and when temperatures were taken and visitors came and left: that is given by a request that a second person approves. Ask the property office for it.")
	}
	about.note("未包含：他人的信息；密码、密钥和人脸特征值本身（只说明其存在）；依法进行的传染病流行病学调查中的记录（如有），请向疾控部门查询。",
		"Not in here: what is about others; secrets, keys and the numbers of a template themselves (that there are such is said); records of investigations of infectious diseases under the law, if there are any: the health authority answers for those.")
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return p.particulars(ctx, record.Particulars) },
		func(context.Context) error { p.permits(record.Permits, record.Credentials); return nil },
		p.face, p.consents, func(ctx context.Context) error { return p.health(ctx, record.Health) }, p.visits, passes, p.looks,
	} {
		if err := step(ctx); err != nil {
			return nil, "", err
		}
	}
	html, text, err := p.render()
	if err != nil {
		return nil, "", err
	}
	p.files = append([]packedFile{{"index.html", html}, {"data.json", text}}, p.files...)
	out, err := zipped(p.files, p.Made)
	return out, "menshen-person-" + p.person.ID + "-" + p.Made.Format("20060102") + ".zip", err
}

func zipped(files []packedFile, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = w.Write(f.data)
		}
		if err != nil {
			return nil, menshen.Errorf(menshen.CodeInternal, "cmd.pack", "the report cannot be made").WithCause(err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "cmd.pack", "the report cannot be made").WithCause(err)
	}
	return b.Bytes(), nil
}

func (p *pack) day(t time.Time) string { return t.In(p.loc).Format(time.DateOnly) }

func (p *pack) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.loc).Format("2006-01-02 15:04")
}

var (
	columnWhat  = menshen.Text{ZH: "内容", EN: "what"}
	columnValue = menshen.Text{ZH: "值", EN: "value"}
	columnTime  = menshen.Text{ZH: "时间", EN: "time"}
	columnEnd   = menshen.Text{ZH: "截止", EN: "until"}
)

func (p *pack) particulars(ctx context.Context, with menshen.Particulars) error {
	s := p.add("person", menshen.Text{ZH: "个人和住户", EN: "You and your household"}, columnWhat, columnValue)
	line := func(zh, en, value string) {
		if value != "" {
			s.row(zh+" · "+en, value)
		}
	}
	line("编号", "id", p.person.ID)
	line("姓名", "name", p.person.Name)
	line("状态", "state", string(p.person.State))
	line("登记时间", "registered", p.time(p.person.Created))
	if p.person.Dwelling != (menshen.Dwelling{}) {
		line("住址", "dwelling", p.person.Dwelling.String())
	}
	line("电话", "telephone", with.Phone)
	line("证件类型", "document", string(with.Document.Kind))
	line("证件号码", "number of the document", with.Document.Number.Reveal())
	if !with.Born.IsZero() {
		line("出生日期", "date of birth", with.Born.Format(time.DateOnly))
	}
	line("在住户中的角色", "role in the household", string(with.Role))
	line("监护人编号", "id of the guardian", with.Guardian)
	if p.person.Household == "" {
		return nil
	}
	people, err := p.pipeline.store.HouseholdPeople(ctx, p.person.Household)
	line("同住户人数", "people in the household", strconv.Itoa(len(people)))
	return err
}

func (p *pack) permits(permits []menshen.Permit, credentials []menshen.Credential) {
	s := p.add("permits", menshen.Text{ZH: "出入证", EN: "Permits"}, columnWhat, menshen.Text{ZH: "起始", EN: "from"}, columnEnd, menshen.Text{ZH: "吊销", EN: "revoked"}, menshen.Text{ZH: "车牌", EN: "plate"})
	for _, x := range permits {
		s.row(both(x.Kind.Text()), p.time(x.From), p.time(x.To), join(p.time(x.Revoked), x.RevokedFor), x.Plate)
	}
	s = p.add("credentials", menshen.Text{ZH: "凭证（不含密钥）", EN: "Credentials, without what is secret of them"}, columnWhat, menshen.Text{ZH: "说明", EN: "label"}, menshen.Text{ZH: "发放", EN: "issued"}, menshen.Text{ZH: "收回", EN: "taken back"})
	for _, x := range credentials {
		s.row(string(x.Kind), x.Label, p.time(x.Issued), p.time(x.Revoked))
	}
}

func (p *pack) face(ctx context.Context) error {
	s := p.add("templates", menshen.Text{ZH: "人脸模板（不含特征值）", EN: "Templates of your face, without their numbers"}, menshen.Text{ZH: "引擎和模型", EN: "engine and network"},
		menshen.Text{ZH: "生成时间", EN: "made"}, menshen.Text{ZH: "质量", EN: "quality"}, menshen.Text{ZH: "遮挡", EN: "covered face"}, menshen.Text{ZH: "来自通行", EN: "learnt at a gate"})
	engines, err := p.pipeline.store.TemplateEngines(ctx)
	if err != nil {
		return err
	}
	for engine := range engines {
		for t, err := range p.pipeline.store.TemplatesOf(ctx, engine, p.person.ID) {
			if err != nil {
				return err
			}
			s.row(engine.String(), p.time(t.Created), fmt.Sprintf("%.2f", t.Quality), yes(t.Masked), yes(t.Adapted))
		}
	}
	s = p.add("photographs", menshen.Text{ZH: "保留的登记照片", EN: "Photographs of your enrolment that are kept"}, menshen.Text{ZH: "文件", EN: "file"}, columnTime)
	n := 0
	for x, err := range p.pipeline.store.Photographs(ctx, p.person.ID) {
		if err != nil {
			return err
		}
		n++
		ending := ".jpg"
		if http.DetectContentType(x.Data) == "image/png" {
			ending = ".png"
		}
		name := fmt.Sprintf("photographs/%d%s", n, ending)
		p.files = append(p.files, packedFile{name, x.Data})
		s.row(name, p.time(x.Created))
		s.Pictures = append(s.Pictures, template.URL(name)) //nolint:gosec // a name that was made here
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "✓"
	}
	return ""
}

func (p *pack) consents(ctx context.Context) error {
	all, _, err := p.bureau.Consents(ctx, p.person.ID)
	if err != nil {
		return err
	}
	texts, err := p.bureau.ConsentTexts(ctx)
	if err != nil {
		return err
	}
	s := p.add("consents", menshen.Text{ZH: "同意与拒绝", EN: "What was said to the use of your face"}, columnTime, columnWhat, menshen.Text{ZH: "文本版本", EN: "version of the text"},
		menshen.Text{ZH: "签字人", EN: "signed by"}, menshen.Text{ZH: "结束", EN: "ended"})
	used := map[int]bool{}
	for _, c := range all {
		what := menshen.Text{ZH: "同意", EN: "consent"}
		switch {
		case c.Refused:
			what = menshen.Text{ZH: "拒绝", EN: "refusal"}
		case c.Guardian:
			what = menshen.Text{ZH: "监护人同意", EN: "consent of a guardian"}
		}
		used[c.Version] = true
		s.row(p.time(c.At), both(what), strconv.Itoa(c.Version), c.Signer, p.time(c.Ended))
	}
	for _, t := range slices.Backward(texts) {
		if used[t.Version] {
			n := strconv.Itoa(t.Version)
			s.note("第 "+n+" 版："+t.Text.ZH, "Version "+n+": "+t.Text.EN)
		}
	}
	return nil
}

// health tells at which gate a reading was, and when on that day, only with the passes: it is as good as one.
func (p *pack) health(ctx context.Context, h menshen.Health) error {
	s := p.add("health", menshen.Text{ZH: "健康状态和体温", EN: "Health state and temperatures"}, columnTime, columnWhat, columnValue)
	if h.State != "" {
		s.row(p.time(h.Since), both(h.State.Text()), p.time(h.Until)) // not why: that may tell of others
	}
	if h.Code != "" {
		s.row(p.time(h.CodeAt), both(menshen.Text{ZH: "健康码", EN: "health code"}), string(h.Code))
	}
	for t, err := range p.pipeline.store.Temperatures(ctx, store.TemperatureFilter{Person: p.person.ID}) {
		if err != nil {
			return err
		}
		at, gate := p.time(t.At), t.Gate
		if gate != "" && !p.withPasses {
			at, gate = p.day(t.At), ""
		}
		s.row(at, both(menshen.Text{ZH: "体温", EN: "temperature"}), strings.TrimSpace(fmt.Sprintf("%.1f °C %s", t.Celsius, gate)))
	}
	s = p.add("questionnaires", menshen.Text{ZH: "问卷答复", EN: "Answers to questionnaires"}, columnTime, menshen.Text{ZH: "问卷", EN: "questionnaire"}, columnValue)
	for a, err := range p.pipeline.store.FormAnswers(ctx, store.AnswerFilter{Person: p.person.ID}) {
		if err != nil {
			return err
		}
		var said []string
		for field, answer := range a.Answers {
			said = append(said, field+": "+answer)
		}
		slices.Sort(said)
		s.row(p.time(a.At), a.Form, strings.Join(said, "; "))
	}
	return nil
}

// visits tells when somebody came and left only with the passes.
func (p *pack) visits(ctx context.Context) error {
	s := p.add("visits", menshen.Text{ZH: "来访", EN: "Visits, by you and to you"}, columnTime, columnWhat, menshen.Text{ZH: "事由", EN: "reason"}, menshen.Text{ZH: "进入", EN: "entered"}, menshen.Text{ZH: "离开", EN: "left"})
	for _, f := range []struct {
		filter store.VisitFilter
		what   menshen.Text
	}{{store.VisitFilter{Person: p.person.ID}, menshen.Text{ZH: "来访", EN: "you visited"}}, {store.VisitFilter{Host: p.person.ID}, menshen.Text{ZH: "接待", EN: "you were visited"}}} {
		for v, err := range p.pipeline.store.Visits(ctx, f.filter) {
			if err != nil {
				return err
			}
			if !p.withPasses {
				v.Entered, v.Left = time.Time{}, time.Time{}
			}
			s.row(p.time(v.Registered), both(f.what), v.Reason, p.time(v.Entered), p.time(v.Left))
		}
	}
	return nil
}

func (p *pack) passes(ctx context.Context) error {
	s := p.add("passes", menshen.Text{ZH: "通行记录", EN: "Passes"}, columnTime, menshen.Text{ZH: "出入口", EN: "gate"}, menshen.Text{ZH: "方向", EN: "direction"},
		menshen.Text{ZH: "方式", EN: "means"}, menshen.Text{ZH: "判定", EN: "decision"}, menshen.Text{ZH: "理由", EN: "reasons"})
	var all []menshen.Pass
	for x, err := range p.pipeline.corrected(ctx, menshen.PassFilter{Person: p.person.ID}) {
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	if extra := len(all) - packLimit; extra > 0 {
		s.note(fmt.Sprintf("较早的 %d 条未列出。", extra), fmt.Sprintf("%d earlier ones are not listed.", extra))
		all = all[extra:]
	}
	for _, x := range all {
		var why []string
		for _, r := range x.Decision.Reasons {
			why = append(why, both(r.Text()))
		}
		s.row(p.time(x.Captured), x.ID.Gate, string(x.Direction), string(x.Means), string(x.Decision.Outcome), strings.Join(why, "; "))
	}
	return nil
}

// withheld are actions of investigations, which are not told of to whoever may be the subject of one.
func withheld(action string) bool {
	return strings.HasPrefix(action, "case.") || strings.HasPrefix(action, "cases.") || strings.HasPrefix(action, "trace.") || strings.HasPrefix(action, "tracing.")
}

// looks tells who looked at the person or changed what is held: by which account, when, what, and what for.
func (p *pack) looks(ctx context.Context) error {
	s := p.add("looks", menshen.Text{ZH: "谁查看或更改过", EN: "Who looked, or changed something"}, columnTime, menshen.Text{ZH: "账号", EN: "account"}, columnWhat, menshen.Text{ZH: "用途", EN: "purpose"})
	for e, err := range p.about(ctx) {
		if err != nil {
			return err
		}
		if !withheld(e.Action) {
			s.row(p.time(e.At), e.Actor, e.Action, e.Purpose)
		}
	}
	return nil
}

// about gives what the audit log has about the person, latest first, at most packLimit entries.
func (p *pack) about(ctx context.Context) iter.Seq2[menshen.AuditEntry, error] {
	return func(yield func(menshen.AuditEntry, error) bool) {
		before := uint64(0)
		for n := 0; n < packLimit; {
			entries, numbers, err := p.pipeline.store.AuditPage(ctx, sqlite.AuditQuestion{About: []string{p.person.ID}, Before: before, Limit: 500})
			if err != nil {
				yield(menshen.AuditEntry{}, err)
				return
			}
			if len(entries) == 0 {
				return
			}
			for _, e := range entries {
				if n++; !yield(e, nil) {
					return
				}
			}
			before = numbers[len(numbers)-1]
		}
	}
}
