package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/recognizer"
	"menshen/retention"
	"menshen/web"
)

// assessmentFile has the figures of the last assessment, in the data folder: the next one tells what changed since.
const assessmentFile = "assessment.json"

// assessment gathers what an impact assessment asks of a site (PIPL, Articles 55 and 56; the Measures for face recognition of
// 2025): what is so by the running configuration and the rows that there are, and nothing that people must judge.
type assessment struct {
	operationView
	printed

	facts map[string]string // that changes are told by
}

// Assessment implements web.Operation.
func (v operationView) Assessment(ctx context.Context) (web.Pack, error) {
	a := assessment{operationView: v, facts: map[string]string{}}
	loc := caseView(v).zone()
	a.Title = menshen.Text{ZH: "个人信息保护影响评估材料：" + v.site.Name.ZH, EN: "Papers for the impact assessment: " + v.site.Name.EN}
	a.Made, a.By = time.Now().In(loc), "menshen "+version()
	about := a.add("about", menshen.Text{ZH: "说明", EN: "About this"})
	about.note("由正在运行的系统生成，反映此刻的配置和数据。处理的必要性、对个人权益的影响和风险，须由负责人评估后填写；评估报告和处理情况记录至少保存三年（《个人信息保护法》第五十六条）。",
		"Made from the running system: its configuration and data of this moment. Whether the processing is needed, what it does to people and how great the risks are is for whoever answers for it to write; report and records are kept for three years at least (PIPL, Article 56).")
	for _, step := range []func(context.Context) error{a.purposes, a.kinds, a.limits, a.recipients, a.measures, a.engines, a.choices} {
		if err := step(ctx); err != nil {
			return web.Pack{}, err
		}
	}
	if err := a.changes(); err != nil {
		return web.Pack{}, err
	}
	html, text, err := a.render()
	return web.Pack{Name: "menshen-assessment-" + a.Made.Format("20060102-1504"), HTML: html, JSON: text}, err
}

// fact puts a line into a section, and remembers it for the next assessment.
func (a *assessment) fact(s *printedSection, what menshen.Text, value string) {
	s.row(both(what), value)
	a.facts[s.ID+"/"+what.EN] = value
}

func (a *assessment) purposes(context.Context) error {
	s := a.add("purposes", menshen.Text{ZH: "处理目的", EN: "Purposes"})
	s.note("出入口核验：判断来人能否进入并开门；人脸只在本人（儿童由监护人）同意后使用。", "Access at the gates: whether somebody may come in. Faces are used of those alone who, or whose guardians, consented.")
	s.note("传染病调查：仅在已由另一人批准且未到期的病例中，查找接触者。", "Investigation of infectious diseases: contacts of a case alone that a second person approved and that has not expired.")
	s.note("来访、代收、居家观察等物业事务。", "Work of the property office: visits, deliveries, home observation.")
	return nil
}

func (a *assessment) kinds(ctx context.Context) error {
	counts, err := a.pipeline.store.Counts(ctx)
	if err != nil {
		return err
	}
	s := a.add("data", menshen.Text{ZH: "个人信息的种类和数量", EN: "Kinds of data, and how many"}, columnWhat, menshen.Text{ZH: "数量", EN: "count"})
	a.fact(s, menshen.Text{ZH: "登记人员", EN: "people in the registry"}, strconv.Itoa(counts.People))
	a.fact(s, menshen.Text{ZH: "存有人脸模板的人员（达到 10 万须备案）", EN: "people with templates of their face (100,000 are to be filed)"}, strconv.Itoa(counts.Faces))
	a.fact(s, menshen.Text{ZH: "人脸模板", EN: "templates of faces"}, strconv.Itoa(counts.Templates))
	children, err := a.pipeline.store.Children(ctx, time.Now())
	if err != nil {
		return err
	}
	a.fact(s, menshen.Text{ZH: "其中未满 14 周岁者", EN: "of those people, children under 14"}, strconv.Itoa(children))
	classes, err := a.keeper.Counts(ctx)
	for _, c := range classes {
		if c.Class != retention.Templates && c.Class != retention.Backups {
			what, _ := c.Class.Text()
			a.fact(s, what, strconv.Itoa(c.Kept))
		}
	}
	return err
}

func (a *assessment) limits(ctx context.Context) error {
	rules, err := a.Retention(ctx)
	s := a.add("limits", menshen.Text{ZH: "保存期限", EN: "How long it is kept"}, columnWhat, menshen.Text{ZH: "期限", EN: "limit"}, menshen.Text{ZH: "已到期待删", EN: "due now"}, menshen.Text{ZH: "累计删除", EN: "removed so far"})
	for _, r := range rules {
		s.row(both(r.What), both(r.HowLong), strconv.FormatUint(r.Due, 10), strconv.FormatUint(r.Total, 10))
		a.facts["limits/"+r.What.EN] = r.HowLong.EN
	}
	return err
}

func (a *assessment) recipients(context.Context) error {
	s := a.add("recipients", menshen.Text{ZH: "接收方和受托方", EN: "Who else receives data"}, columnWhat, columnValue)
	s.note("人脸模板和照片不发送给任何接收方；岗亭收到本出入口判定所需的副本。", "Templates and photographs go to no recipient; posts have a copy of what their gates decide by.")
	for _, w := range a.cfg.Webhooks {
		events := strings.Join(w.Events, ", ")
		if events == "" {
			events = "pass, alert"
		}
		host, _, _ := strings.Cut(w.URL, "?")
		a.fact(s, menshen.Text{ZH: "外部程序 " + w.ID, EN: "program outside " + w.ID}, fmt.Sprintf("%s (%s; names: %v)", host, events, w.Names))
	}
	if a.cfg.Bus.MQTT.Listen != "" {
		a.fact(s, menshen.Text{ZH: "MQTT 读取方", EN: "readers over MQTT"}, a.cfg.Bus.MQTT.Listen)
	}
	for _, p := range a.cfg.Posts {
		a.fact(s, menshen.Text{ZH: "岗亭 " + p.ID, EN: "post " + p.ID}, strings.Join(p.Gates, ", "))
	}
	if a.cfg.Web.OIDC.Issuer != "" {
		a.fact(s, menshen.Text{ZH: "登录服务", EN: "sign-in provider (staff alone)"}, a.cfg.Web.OIDC.Issuer)
	}
	for _, d := range destinations(a.cfg) {
		a.fact(s, menshen.Text{ZH: "审计检查点（不含个人信息）", EN: "checkpoints of the audit log (nothing personal)"}, d)
	}
	return nil
}

func (a *assessment) measures(ctx context.Context) error {
	s := a.add("measures", menshen.Text{ZH: "保护措施", EN: "Measures of protection in force"}, columnWhat, columnValue)
	tls := "TLS"
	if a.cfg.Web.TLSCert == "" {
		tls = both(menshen.Text{ZH: "无自有证书", EN: "no certificate of its own"})
	}
	a.fact(s, menshen.Text{ZH: "页面和接口 " + a.cfg.Web.Listen, EN: "pages and API at " + a.cfg.Web.Listen}, tls)
	a.fact(s, menshen.Text{ZH: "数据库加密", EN: "encryption at rest"}, both(menshen.Text{ZH: "证件、电话、健康、病例等按列加密（AES-256-GCM），密钥在文件之外；删除时覆写", EN: "documents, telephones, health and cases by column (AES-256-GCM) under a key outside of the file; what is removed is overwritten"}))
	a.fact(s, menshen.Text{ZH: "审计", EN: "audit"}, both(menshen.Text{ZH: "每次查看和更改先记入默克尔树日志（RFC 6962），每小时签名", EN: "every look and every change is in a Merkle log (RFC 6962) before it takes effect; signed every hour"}))
	a.fact(s, menshen.Text{ZH: "画面", EN: "pictures"}, both(menshen.Text{ZH: "只在内存中，不落盘", EN: "in memory alone, never on a disk"}))
	photographs := menshen.Text{ZH: "不保留", EN: "not kept"}
	if a.cfg.Enrolment.KeepPhotographs {
		photographs = menshen.Text{ZH: "保留，随模板删除", EN: "kept, and removed with the templates"}
	}
	a.fact(s, menshen.Text{ZH: "登记照片", EN: "photographs of enrolment"}, both(photographs))
	accounts, err := a.accounts.All(ctx)
	if err != nil {
		return err
	}
	roles, active, second := map[menshen.AccountRole]int{}, 0, 0
	for _, x := range accounts {
		if x.Disabled {
			continue
		}
		active++
		factors, err := a.accounts.Factors(ctx, x.ID)
		if err != nil {
			return err
		}
		if len(factors) > 0 {
			second++
		}
		for _, r := range x.Roles {
			roles[r]++
		}
	}
	a.fact(s, menshen.Text{ZH: "可用账号（其中有第二验证因素）", EN: "accounts in use (of them with a second factor)"}, fmt.Sprintf("%d (%d)", active, second))
	for _, r := range slices.Sorted(func(yield func(menshen.AccountRole) bool) {
		for r := range roles {
			if !yield(r) {
				return
			}
		}
	}) {
		a.fact(s, menshen.Text{ZH: "角色 " + string(r), EN: "role " + string(r)}, strconv.Itoa(roles[r]))
	}
	return nil
}

func (a *assessment) engines(ctx context.Context) error {
	setup, err := a.Networks(ctx)
	if err != nil {
		return err
	}
	s := a.add("engines", menshen.Text{ZH: "识别引擎和准确度", EN: "Engine, networks and error rates"}, columnWhat, columnValue)
	a.fact(s, menshen.Text{ZH: "引擎", EN: "engine"}, a.engine.ID.String())
	for _, n := range setup.Networks {
		if n.InUse {
			a.fact(s, menshen.Text{ZH: "模型 " + n.Name, EN: "network " + n.Name}, "SHA-256 "+n.SHA256+"; "+n.Licence)
		}
	}
	if point, err := recognizer.OperatingPointOf(a.engine.ID); err == nil {
		a.fact(s, menshen.Text{ZH: "出厂阈值（距离）", EN: "published threshold (distance)"}, fmt.Sprintf("%.3f", point.Known))
	}
	c, err := a.pipeline.store.Calibration(ctx, a.engine.ID)
	if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
		return err
	}
	if err != nil || c.At.IsZero() {
		s.note("尚未按本小区的人员校准。", "It has not been calibrated to the people of this site yet.")
		return nil
	}
	a.fact(s, menshen.Text{ZH: "校准", EN: "calibrated"}, fmt.Sprintf("%s; %d / %d; FPIR %.4f; known %.3f, unsure %.3f; %s", c.At.Format(time.DateOnly), c.People, c.Templates, c.FPIR, c.Known, c.Unsure, c.Basis))
	s.note("误识率、拒识率的实测报告：menshen evaluate identification。", "Measured error rates with their intervals: menshen evaluate identification.")
	return nil
}

func (a *assessment) choices(ctx context.Context) error {
	s := a.add("choices", menshen.Text{ZH: "同意与替代方式", EN: "Consent, and other ways in"}, columnWhat, menshen.Text{ZH: "人数", EN: "people"})
	figures, err := a.pipeline.store.CareFigures(ctx)
	for _, f := range figures {
		what := map[string]menshen.Text{
			"consent":     {ZH: "同意（现行文本）", EN: "consented to the latest text"},
			"consent_old": {ZH: "同意（旧文本，待重新征求）", EN: "consented to an earlier text, to be asked anew"},
			"refused":     {ZH: "拒绝使用人脸", EN: "refused the use of their face"},
			"withdrawn":   {ZH: "曾同意，现已撤回或结束", EN: "consented once, and no longer"},
			"qr":          {ZH: "使用二维码", EN: "have a QR"}, "card": {ZH: "使用卡", EN: "have a card"}, "pin": {ZH: "使用密码", EN: "have a PIN"},
			"other": {ZH: "使用其他方式且没有人脸模板", EN: "have one of these and no template"},
		}[f.ID]
		a.fact(s, what, strconv.Itoa(f.People))
	}
	s.note("二维码、卡和密码与人脸同等放行；拒绝者不受影响。", "QR, card and PIN let people in as a face does; whoever says no loses nothing.")
	return err
}

// changes tells what is not as in the last assessment, and keeps this one for the next.
func (a *assessment) changes() error {
	path := a.data.file(assessmentFile)
	var last struct {
		Made  time.Time         `json:"made"`
		Facts map[string]string `json:"facts"`
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &last)
	}
	s := a.add("changes", menshen.Text{ZH: "与上次材料相比", EN: "What changed since the last papers"}, columnWhat, menshen.Text{ZH: "上次", EN: "then"}, menshen.Text{ZH: "本次", EN: "now"})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.note("首次生成。", "These are the first.")
	case err != nil:
		s.note("上次的材料无法读取。", "The last papers cannot be read.")
	default:
		s.note("上次："+last.Made.Format("2006-01-02 15:04"), "Last: "+last.Made.Format("2006-01-02 15:04"))
		var keys []string
		for k := range a.facts {
			keys = append(keys, k)
		}
		for k := range last.Facts {
			if _, ok := a.facts[k]; !ok {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			if last.Facts[k] != a.facts[k] {
				s.row(k, last.Facts[k], a.facts[k])
			}
		}
	}
	last.Made, last.Facts = a.Made, a.facts
	if b, err = json.Marshal(last); err == nil {
		err = keepFile(path, b)
	}
	if err != nil {
		return diskError("cmd.assessment", path, err)
	}
	return nil
}
