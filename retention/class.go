package retention

import "menshen"

// Class is a class of data with a time limit of its own. The words are in audit entries, metrics and the API, and do not change.
type Class string

const (
	Passes         Class = "passes"
	Templates      Class = "templates" // with the photographs they were made of
	Temperatures   Class = "temperatures"
	Health         Class = "health"
	Questionnaires Class = "questionnaires"
	Visits         Class = "visits"
	Visitors       Class = "visitors"
	Deliveries     Class = "deliveries"
	Permits        Class = "permits" // ended ones, and credentials that were taken back
	Consents       Class = "consents"
	PackRequests   Class = "pack_requests"
	MovedOut       Class = "moved_out"
	Links          Class = "links"
	Settings       Class = "settings" // superseded rules, policies and plans
	Accounts       Class = "accounts"
	Cases          Class = "cases"
	Audit          Class = "audit"
	Backups        Class = "backups"
)

// Text gives what is of a class, and from when its time counts.
func (c Class) Text() (what, from menshen.Text) {
	switch c {
	case Passes:
		return menshen.Text{ZH: "通行记录及其批注", EN: "passes, with what guards noted"}, menshen.Text{ZH: "通行之后", EN: "after the pass"}
	case Templates:
		return menshen.Text{ZH: "人脸模板和登记照片", EN: "templates of faces, and photographs of enrolment"}, menshen.Text{ZH: "最近一次登记且最近一次通行之后", EN: "after the latest enrolment and the latest pass"}
	case Temperatures:
		return menshen.Text{ZH: "体温记录", EN: "temperatures"}, menshen.Text{ZH: "测量之后", EN: "after they were taken"}
	case Health:
		return menshen.Text{ZH: "健康状态（正常、已康复）", EN: "health states that are over"}, menshen.Text{ZH: "恢复正常之后", EN: "after the state ended"}
	case Questionnaires:
		return menshen.Text{ZH: "问卷答复", EN: "answers to questionnaires"}, menshen.Text{ZH: "填写之后", EN: "after they were given"}
	case Visits:
		return menshen.Text{ZH: "来访记录", EN: "visits"}, menshen.Text{ZH: "来访结束之后；未登记离开的，最后一次通行之后", EN: "after the visit; after their last pass, where nobody noted that they left"}
	case Visitors:
		return menshen.Text{ZH: "访客等无住址人员", EN: "visitors, and others without a dwelling"}, menshen.Text{ZH: "最后一次来访、出入证失效且最后一次通行之后", EN: "after their last visit, permit and pass"}
	case Deliveries:
		return menshen.Text{ZH: "代收记录", EN: "deliveries"}, menshen.Text{ZH: "取走之后；无人取走的，送到之后", EN: "after they were fetched, or arrived where nobody fetched them"}
	case Permits:
		return menshen.Text{ZH: "已失效的出入证和已收回的凭证", EN: "permits that ended, and credentials that were taken back"}, menshen.Text{ZH: "失效之后", EN: "after they ended"}
	case Consents:
		return menshen.Text{ZH: "已结束的同意书", EN: "consents that ended"}, menshen.Text{ZH: "撤回、更新或删除之后", EN: "after they were withdrawn or replaced"}
	case PackRequests:
		return menshen.Text{ZH: "向本人提供通行记录的申请", EN: "requests for people's passes, for themselves"}, menshen.Text{ZH: "失效或驳回之后", EN: "after they expired or were refused"}
	case MovedOut:
		return menshen.Text{ZH: "已停用人员的姓名、住址和证件", EN: "names, dwellings and documents of people who are not active"}, menshen.Text{ZH: "停用之后", EN: "after they were made inactive"}
	case Links:
		return menshen.Text{ZH: "一次性链接", EN: "links for one use"}, menshen.Text{ZH: "过期或使用之后", EN: "after they expired or were used"}
	case Settings:
		return menshen.Text{ZH: "被取代的规则、判定标准和平面图", EN: "superseded rules, tracing policies and site plans"}, menshen.Text{ZH: "被取代之后", EN: "after they were replaced"}
	case Accounts:
		return menshen.Text{ZH: "已停用的账号", EN: "accounts that are disabled"}, menshen.Text{ZH: "最后一次登录之后", EN: "after they last signed in"}
	case Cases:
		return menshen.Text{ZH: "已结案或驳回的病例", EN: "closed and refused cases"}, menshen.Text{ZH: "结案或驳回之后", EN: "after they were closed or refused"}
	case Audit:
		return menshen.Text{ZH: "审计日志（其哈希一直保留）", EN: "the audit log (its hashes stay)"}, menshen.Text{ZH: "写入之后", EN: "after it was written"}
	case Backups:
		return menshen.Text{ZH: "备份文件夹中的备份（最新的一份除外）", EN: "backups in the usual folder, but for the latest"}, menshen.Text{ZH: "备份之后", EN: "after they were made"}
	}
	return menshen.Text{ZH: string(c), EN: string(c)}, menshen.Text{}
}

// Rule is the limit of a class.
type Rule struct {
	Class Class
	Key   string // of the configuration
	Days  int    // 1 or more
}
