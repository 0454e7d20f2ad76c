package policy

import (
	"math/bits"

	"menshen"
)

// fact is something that holds of a request or does not. Rules name facts.
type fact uint8

const (
	byFace fact = iota
	byQR
	byCard
	byPIN
	byGuard
	guardLooks
	sheet

	identified
	faceUnreadable
	faceUnsure
	faceCovered
	faceUnknown
	credentialUnknown
	credentialForged
	credentialForeign
	credentialExpired
	credentialEarly
	credentialReplayed
	credentialRevoked
	credentialLocked

	notInRegistry
	inactive
	active
	resident

	isolated
	observation
	monitoring
	redCode
	yellowCode
	fever
	temperatureMissing

	in
	out
	modeNormal
	modeClosed
	modeLockdown
	gateClosed
	gateGuarded

	permitNeeded
	permitValid
	permitNone
	permitRevoked
	permitExpired
	permitEarly
	permitGate
	permitDay
	permitHour
	permitQuota
	workerPermit // in the order of kinds
	residentPermit
	returneePermit
	temporaryPermit
	visitorPermit
	vehiclePermit
	leaving

	passbackSoft
	passbackTimed
	passbackHard
	zoneFull
	recordsFull
	doubtAdvised
	doubtRequired
	unseenRequired

	factCount
)

// group is facts of which one at most holds at a time.
type group uint8

const (
	alone group = iota
	groupMeans
	groupEvidence
	groupRegistry
	groupState
	groupCode
	groupDirection
	groupMode
	groupGate
	groupPermit
	groupPassback
	groupDoubt
)

// factWords is what there is to say of a fact: its word in rules, the words for people, the group that it is one of, and
// the facts that hold whenever it does.
type factWords struct {
	word    string
	text    menshen.Text
	group   group
	implies []fact
}

// facts is the vocabulary of rules.
var facts = [factCount]factWords{
	byFace:     {"by_face", menshen.Text{ZH: "刷脸", EN: "by face"}, groupMeans, nil},
	byQR:       {"by_qr", menshen.Text{ZH: "扫码", EN: "by QR code"}, groupMeans, nil},
	byCard:     {"by_card", menshen.Text{ZH: "刷卡", EN: "by card"}, groupMeans, nil},
	byPIN:      {"by_pin", menshen.Text{ZH: "输入密码", EN: "by PIN"}, groupMeans, nil},
	byGuard:    {"by_guard", menshen.Text{ZH: "由保安指认", EN: "named by a guard"}, groupMeans, nil},
	guardLooks: {"guard", menshen.Text{ZH: "保安决定放行一次", EN: "a guard lets them pass once"}, alone, []fact{byGuard, identified}},
	sheet:      {"sheet", menshen.Text{ZH: "纸质出入证上的码", EN: "a code printed on a permit"}, alone, []fact{byQR, identified}},

	identified:         {"identified", menshen.Text{ZH: "身份已确认", EN: "it is sure who it is"}, groupEvidence, nil},
	faceUnreadable:     {"face_unreadable", menshen.Text{ZH: "没有清晰人脸", EN: "no clear face"}, groupEvidence, []fact{byFace}},
	faceUnsure:         {"face_unsure", menshen.Text{ZH: "人脸不能确认", EN: "the face is not certain"}, groupEvidence, []fact{byFace}},
	faceCovered:        {"face_covered", menshen.Text{ZH: "戴口罩，未能认出", EN: "not recognised in a mask"}, groupEvidence, []fact{byFace}},
	faceUnknown:        {"face_unknown", menshen.Text{ZH: "人脸未登记", EN: "the face is nobody's"}, groupEvidence, []fact{byFace}},
	credentialUnknown:  {"credential_unknown", menshen.Text{ZH: "凭证无法识别", EN: "the credential is unknown"}, groupEvidence, nil},
	credentialForged:   {"credential_forged", menshen.Text{ZH: "凭证签名不符", EN: "the signature is wrong"}, groupEvidence, nil},
	credentialForeign:  {"credential_foreign", menshen.Text{ZH: "其他小区的凭证", EN: "a credential of another site"}, groupEvidence, nil},
	credentialExpired:  {"credential_expired", menshen.Text{ZH: "凭证已过期", EN: "the credential is too old"}, groupEvidence, nil},
	credentialEarly:    {"credential_early", menshen.Text{ZH: "凭证时间在将来", EN: "the credential is of the future"}, groupEvidence, nil},
	credentialReplayed: {"credential_replayed", menshen.Text{ZH: "凭证已使用过", EN: "the code was used before"}, groupEvidence, nil},
	credentialRevoked:  {"credential_revoked", menshen.Text{ZH: "凭证已注销", EN: "the credential is revoked"}, groupEvidence, nil},
	credentialLocked:   {"credential_locked", menshen.Text{ZH: "错误次数过多", EN: "too many wrong tries"}, groupEvidence, nil},

	notInRegistry: {"not_in_registry", menshen.Text{ZH: "不在人员登记中", EN: "not in the registry"}, groupRegistry, []fact{identified}},
	inactive:      {"inactive", menshen.Text{ZH: "已迁出或已停用", EN: "moved away or suspended"}, groupRegistry, []fact{identified}},
	active:        {"active", menshen.Text{ZH: "在册有效人员", EN: "an active person"}, groupRegistry, []fact{identified}},
	resident:      {"resident", menshen.Text{ZH: "本小区住户", EN: "lives here"}, alone, []fact{active}},

	isolated:           {"isolated", menshen.Text{ZH: "隔离中", EN: "under isolation"}, groupState, nil},
	observation:        {"observation", menshen.Text{ZH: "居家观察中", EN: "under home observation"}, groupState, []fact{active}},
	monitoring:         {"monitoring", menshen.Text{ZH: "重点关注", EN: "key monitoring"}, groupState, []fact{active}},
	redCode:            {"red_code", menshen.Text{ZH: "健康码红码", EN: "red health code"}, groupCode, []fact{active}},
	yellowCode:         {"yellow_code", menshen.Text{ZH: "健康码黄码", EN: "yellow health code"}, groupCode, []fact{active}},
	fever:              {"fever", menshen.Text{ZH: "发热", EN: "fever"}, alone, []fact{active}},
	temperatureMissing: {"temperature_missing", menshen.Text{ZH: "需要测温", EN: "the temperature must be taken"}, alone, []fact{active, in}},

	in:           {"in", menshen.Text{ZH: "进", EN: "going in"}, groupDirection, nil},
	out:          {"out", menshen.Text{ZH: "出", EN: "going out"}, groupDirection, nil},
	modeNormal:   {"normal", menshen.Text{ZH: "正常管理", EN: "the site is in normal mode"}, groupMode, nil},
	modeClosed:   {"closed", menshen.Text{ZH: "封闭管理", EN: "closed management"}, groupMode, nil},
	modeLockdown: {"lockdown", menshen.Text{ZH: "封控", EN: "lock-down"}, groupMode, nil},
	gateClosed:   {"gate_closed", menshen.Text{ZH: "出入口已关闭", EN: "the gate is closed"}, groupGate, nil},
	gateGuarded:  {"gate_guarded", menshen.Text{ZH: "出入口有保安", EN: "a guard is at the gate"}, groupGate, nil},

	permitNeeded:    {"permit_needed", menshen.Text{ZH: "需要出入证", EN: "a permit is needed"}, alone, []fact{active}},
	permitValid:     {"permit_valid", menshen.Text{ZH: "出入证有效", EN: "a permit is valid"}, groupPermit, []fact{active}},
	permitNone:      {"permit_none", menshen.Text{ZH: "没有出入证", EN: "no permit"}, groupPermit, []fact{active}},
	permitRevoked:   {"permit_revoked", menshen.Text{ZH: "出入证已注销", EN: "the permit is revoked"}, groupPermit, []fact{active}},
	permitExpired:   {"permit_expired", menshen.Text{ZH: "出入证已过期", EN: "the permit has expired"}, groupPermit, []fact{active}},
	permitEarly:     {"permit_early", menshen.Text{ZH: "出入证尚未生效", EN: "the permit is not valid yet"}, groupPermit, []fact{active}},
	permitGate:      {"permit_gate", menshen.Text{ZH: "出入证不适用于该出入口", EN: "the permit is for other gates"}, groupPermit, []fact{active}},
	permitDay:       {"permit_day", menshen.Text{ZH: "出入证今天不适用", EN: "the permit is for other days"}, groupPermit, []fact{active}},
	permitHour:      {"permit_hour", menshen.Text{ZH: "出入证此时不适用", EN: "the permit is for other hours"}, groupPermit, []fact{active}},
	permitQuota:     {"permit_quota", menshen.Text{ZH: "出行次数已用完", EN: "the outings are used up"}, groupPermit, []fact{active, out}},
	workerPermit:    {"worker_permit", menshen.Text{ZH: "工作人员出入证有效", EN: "a worker permit is valid"}, alone, []fact{permitValid}},
	residentPermit:  {"resident_permit", menshen.Text{ZH: "居民出入证有效", EN: "a resident permit is valid"}, alone, []fact{permitValid}},
	returneePermit:  {"returnee_permit", menshen.Text{ZH: "返回人员出入证有效", EN: "a returnee permit is valid"}, alone, []fact{permitValid}},
	temporaryPermit: {"temporary_permit", menshen.Text{ZH: "临时出入证有效", EN: "a temporary permit is valid"}, alone, []fact{permitValid}},
	visitorPermit:   {"visitor_permit", menshen.Text{ZH: "访客证有效", EN: "a visitor permit is valid"}, alone, []fact{permitValid}},
	vehiclePermit:   {"vehicle_permit", menshen.Text{ZH: "车辆出入证有效", EN: "a vehicle permit is valid"}, alone, []fact{permitValid}},

	leaving: {"leaving", menshen.Text{ZH: "访客证或临时证已失效，正在离开", EN: "a visitor or temporary permit is over, and its holder is going out"}, alone, []fact{permitNeeded, out}},

	passbackSoft:   {"passback_soft", menshen.Text{ZH: "按记录已在里面（仅提示）", EN: "inside already, by the records (only noted)"}, groupPassback, []fact{active, in}},
	passbackTimed:  {"passback_timed", menshen.Text{ZH: "刚刚已经进入", EN: "came in a moment ago"}, groupPassback, []fact{active, in}},
	passbackHard:   {"passback_hard", menshen.Text{ZH: "按记录已在里面", EN: "inside already, by the records"}, groupPassback, []fact{active, in}},
	zoneFull:       {"zone_full", menshen.Text{ZH: "里面人数已满", EN: "no more people may go in"}, alone, []fact{in}},
	recordsFull:    {"records_full", menshen.Text{ZH: "通行记录无法保存", EN: "passes cannot be kept"}, alone, nil},
	doubtAdvised:   {"doubt_advised", menshen.Text{ZH: "可能不是真人（仅提示）", EN: "perhaps a picture (only noted)"}, groupDoubt, []fact{byFace, active}},
	doubtRequired:  {"doubt_required", menshen.Text{ZH: "可能不是真人", EN: "perhaps a picture"}, groupDoubt, []fact{byFace, active}},
	unseenRequired: {"unseen_required", menshen.Text{ZH: "未能检测活体", EN: "not checked for a living face"}, groupDoubt, []fact{byFace, active}},
}

// set is a set of facts, or of rules.
type set [2]uint64

// setSize is how many members a set can have.
const setSize = 128

func (s *set) add(f fact)      { s[f>>6&1] |= 1 << (f & 63) }
func (s *set) has(f fact) bool { return s[f>>6&1]&(1<<(f&63)) != 0 }

// covers says that all of o is in s.
func (s *set) covers(o *set) bool { return o[0]&^s[0]|o[1]&^s[1] == 0 }

// meets says that something of o is in s.
func (s *set) meets(o *set) bool { return o[0]&s[0]|o[1]&s[1] != 0 }

// each calls do with every member, in order.
func (s *set) each(do func(fact)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			do(fact(i<<6 + bits.TrailingZeros64(word)))
		}
	}
}
