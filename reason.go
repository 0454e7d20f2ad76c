package menshen

// Reason is why, as a stable word for programs; Text has the words for people.
type Reason string

const (
	ReasonActiveResident Reason = "active_resident" // an active person of this site who lives here
	ReasonPermitValid    Reason = "permit_valid"    // a permit is valid here and now
	ReasonLeaving        Reason = "leaving"         // their visit or stay is over: the way out is open
	ReasonGuardAllowed   Reason = "guard_allowed"   // a guard let them pass once; what they overrode follows
	ReasonGuardDenied    Reason = "guard_denied"    // a guard answered a review with no
	ReasonReviewOver     Reason = "review_over"     // a review was not answered in time
	ReasonNoRule         Reason = "no_rule"         // nothing allows it
	ReasonNoRegistry     Reason = "no_registry"     // the gate has no copy of the registry
	ReasonGateClosed     Reason = "gate_closed"     // nobody passes here now
	ReasonRecordsFull    Reason = "records_full"    // passes cannot be kept, so none is granted
	ReasonSimulated      Reason = "simulated"       // made by menshen simulate
	ReasonImported       Reason = "imported"        // from a file of an operator: no reader or camera of ours saw it

	ReasonUnsureFace     Reason = "unsure_face"     // the face is near somebody, not near enough
	ReasonUnknownFace    Reason = "unknown_face"    // the face is nobody's who is enrolled
	ReasonUnreadableFace Reason = "unreadable_face" // no usable picture of the face came
	ReasonCoveredFace    Reason = "covered_face"    // mouth and nose are covered, and nobody is recognised
	ReasonNotLive        Reason = "not_live"        // perhaps a picture of the face, not the person
	ReasonLivenessUnseen Reason = "liveness_unseen" // a living face is asked for here, and none could be checked

	ReasonCredentialUnknown  Reason = "credential_unknown"  // no such credential, or not readable
	ReasonCredentialForged   Reason = "credential_forged"   // the signature is wrong
	ReasonCredentialForeign  Reason = "credential_foreign"  // of another site
	ReasonCredentialExpired  Reason = "credential_expired"  // made too long ago
	ReasonCredentialEarly    Reason = "credential_early"    // made in the future: a clock is wrong
	ReasonCredentialReplayed Reason = "credential_replayed" // used before
	ReasonCredentialRevoked  Reason = "credential_revoked"  // revoked
	ReasonCredentialLocked   Reason = "credential_locked"   // too many wrong tries at this gate
	ReasonPermitSheet        Reason = "permit_sheet"        // a code on paper, which anybody may carry

	ReasonNotInRegistry  Reason = "not_in_registry" // the evidence names a person who is gone
	ReasonInactivePerson Reason = "inactive_person" // known, but moved away or suspended

	ReasonIsolated           Reason = "isolated"            // a case, or a close contact: no gate opens
	ReasonHomeObservation    Reason = "home_observation"    // the observation is not over
	ReasonKeyMonitoring      Reason = "key_monitoring"      // may go about; guards are told
	ReasonRedCode            Reason = "red_code"            // health code
	ReasonYellowCode         Reason = "yellow_code"         // health code
	ReasonFever              Reason = "fever"               // the latest temperature is a fever
	ReasonTemperatureMissing Reason = "temperature_missing" // no reading is recent enough

	ReasonNoPermit      Reason = "no_permit"      // a permit is needed, and there is none
	ReasonPermitRevoked Reason = "permit_revoked" // the permit was taken back
	ReasonPermitExpired Reason = "permit_expired" // the validity is over
	ReasonPermitEarly   Reason = "permit_early"   // the validity has not begun
	ReasonPermitGate    Reason = "permit_gate"    // valid at other gates
	ReasonPermitDay     Reason = "permit_day"     // valid on other days
	ReasonPermitHour    Reason = "permit_hour"    // valid at other hours
	ReasonQuotaUsed     Reason = "quota_used"     // no more outings within these days

	ReasonLockdownOut Reason = "lockdown_out" // the site is locked down
	ReasonLockdownIn  Reason = "lockdown_in"  // the site is locked down
	ReasonPassback    Reason = "passback"     // they came in and have not gone out since
	ReasonZoneFull    Reason = "zone_full"    // the zone is at its capacity
)

// reasonWords are the reasons with their texts.
func reasonWords() []reasonWord {
	return []reasonWord{
		{ReasonActiveResident, Text{"本小区在住人员", "active resident of this site"}},
		{ReasonPermitValid, Text{"持有效出入证", "has a valid permit"}},
		{ReasonLeaving, Text{"来访或临时停留已结束，准予离开", "the visit or stay is over, they may leave"}},
		{ReasonGuardAllowed, Text{"保安放行一次", "let through once by a guard"}},
		{ReasonGuardDenied, Text{"保安拒绝放行", "refused by a guard"}},
		{ReasonReviewOver, Text{"无人应答，按出入口设定处理", "nobody answered, so the gate did what is set for that"}},
		{ReasonNoRule, Text{"没有规则允许通行", "no rule lets them pass"}},
		{ReasonNoRegistry, Text{"登记资料不可用", "the registry cannot be read"}},
		{ReasonGateClosed, Text{"该出入口已关闭", "this gate is closed"}},
		{ReasonRecordsFull, Text{"通行记录无法保存，暂停自动放行", "passes cannot be kept, automatic entry is suspended"}},
		{ReasonSimulated, Text{"模拟数据", "simulated"}},
		{ReasonImported, Text{"由文件导入，非本系统现场采集", "imported from a file, not seen by this system"}},
		{ReasonUnsureFace, Text{"人脸不能确认，请核对", "face not certain, please check"}},
		{ReasonUnknownFace, Text{"人脸未登记", "face not enrolled"}},
		{ReasonUnreadableFace, Text{"未能拍到清晰人脸", "no clear picture of the face"}},
		{ReasonCoveredFace, Text{"戴口罩未能认出：请拉下口罩，或由保安核对", "not recognised in a mask: lower it, or let the guard look"}},
		{ReasonNotLive, Text{"可能不是真人，请核对", "perhaps a picture, not the person: please look"}},
		{ReasonLivenessUnseen, Text{"未能检测活体，请核对", "could not check for a living face, please look"}},
		{ReasonCredentialUnknown, Text{"二维码、卡或密码无法识别", "this code, card or PIN is not known"}},
		{ReasonCredentialForged, Text{"二维码签名不符，可能是伪造", "the signature of the code is wrong, perhaps it is forged"}},
		{ReasonCredentialForeign, Text{"这是其他小区的凭证", "a code of another site"}},
		{ReasonCredentialExpired, Text{"二维码已过期，请刷新", "the code is too old, please show a new one"}},
		{ReasonCredentialEarly, Text{"二维码的时间在将来，请检查手机时钟", "the code is of the future, check the clock of the phone"}},
		{ReasonCredentialReplayed, Text{"二维码已使用过，请刷新", "the code was used before, please show a new one"}},
		{ReasonCredentialRevoked, Text{"凭证已注销", "the credential is revoked"}},
		{ReasonCredentialLocked, Text{"错误次数过多，请稍候", "too many wrong tries, please wait"}},
		{ReasonPermitSheet, Text{"纸质出入证，请核对本人", "a printed permit: please check that it is theirs"}},
		{ReasonNotInRegistry, Text{"人员登记已删除", "no longer in the registry"}},
		{ReasonInactivePerson, Text{"已迁出或已停用", "moved away or suspended"}},
		{ReasonIsolated, Text{"隔离人员，不得通行", "under isolation, must not pass"}},
		{ReasonHomeObservation, Text{"居家观察期间，请留在家中", "under home observation, please stay at home"}},
		{ReasonKeyMonitoring, Text{"重点关注人员", "key monitoring"}},
		{ReasonRedCode, Text{"健康码为红码", "the health code is red"}},
		{ReasonYellowCode, Text{"健康码为黄码，请核对", "the health code is yellow, please check"}},
		{ReasonFever, Text{"体温偏高", "fever"}},
		{ReasonTemperatureMissing, Text{"请先测量体温", "please take the temperature first"}},
		{ReasonNoPermit, Text{"没有出入证", "no permit"}},
		{ReasonPermitRevoked, Text{"出入证已注销", "the permit is revoked"}},
		{ReasonPermitExpired, Text{"出入证已过期", "the permit has expired"}},
		{ReasonPermitEarly, Text{"出入证尚未生效", "the permit is not valid yet"}},
		{ReasonPermitGate, Text{"出入证不能在该出入口使用", "the permit is not for this gate"}},
		{ReasonPermitDay, Text{"出入证今天不能使用", "the permit is not for this day of the week"}},
		{ReasonPermitHour, Text{"出入证此时不能使用", "the permit is not for this hour"}},
		{ReasonQuotaUsed, Text{"出行次数已用完", "the outings of the permit are used up"}},
		{ReasonLockdownOut, Text{"封控期间不得外出", "nobody goes out during the lock-down"}},
		{ReasonLockdownIn, Text{"封控期间该类出入证不能进入", "permits of this kind do not admit during the lock-down"}},
		{ReasonPassback, Text{"按记录已在里面，可能是借用他人凭证", "inside already by the records, perhaps somebody lent a credential"}},
		{ReasonZoneFull, Text{"里面人数已满", "no more people may go in"}},
	}
}

type reasonWord struct {
	reason Reason
	text   Text
}

// Reasons gives all reasons.
func Reasons() []Reason {
	words := reasonWords()
	all := make([]Reason, len(words))
	for i, w := range words {
		all[i] = w.reason
	}
	return all
}

// Text gives the words for a reason that people read.
func (r Reason) Text() Text {
	for _, w := range reasonWords() {
		if w.reason == r {
			return w.text
		}
	}
	return Text{string(r), string(r)}
}
