#!/usr/bin/env python3
"""Writes cases/crosses.yaml: what happens where two circumstances meet.

The expectation is not taken from the program. It follows from what each circumstance alone leads to (below) and from the
precedence that the rules state: deny before review before allow before note, and among those of one kind the order of the
rules' file. Isolation comes first of all. Run it in this folder: python3 crosses.py
"""
import itertools

# name: (title, what is given, what follows, reason, group of which only one can be)
PERMIT = 'permit'
C = {
    'gate_closed': ('出入口已关闭', {'state': 'closed'}, 'deny', 'gate_closed', 'state'),
    'isolated': ('隔离人员', {'health.state': 'isolated'}, 'deny', 'isolated', 'health'),
    'home_observation': ('居家观察', {'health.state': 'observation', 'health.until': '周五 00:00'}, 'deny', 'home_observation', 'health'),
    'red_code': ('红码', {'health.code': 'red'}, 'deny', 'red_code', 'code'),
    'fever_in': ('发热进入', {'health.temperature': 37.8, 'direction': 'in'}, 'deny', 'fever', 'heat'),
    'fever_out': ('发热外出', {'health.temperature': 37.8, 'direction': 'out'}, 'review', 'fever', 'heat'),
    'yellow_code': ('黄码', {'health.code': 'yellow'}, 'review', 'yellow_code', 'code'),
    'temperature_missing': ('未测温', {'direction': 'in', 'parameters.temperature_required': ['normal', 'closed', 'lock-down']}, 'review', 'temperature_missing', 'heat'),
    'fever_yesterday_unmeasured': ('昨晚发热，今天未测', {'direction': 'in', 'health.temperature': 38.2, 'health.measured': '上周日 18:00',
                                   'parameters.temperature_required': ['normal', 'closed', 'lock-down']}, None, None, 'heat'),
    'key_monitoring': ('重点关注', {'health.state': 'monitoring'}, 'note', 'key_monitoring', 'health'),
    'lockdown_out': ('封控期间外出', {'mode': 'lock-down', 'direction': 'out', 'permits': ['粉证']}, 'deny', 'lockdown_out', PERMIT),
    'lockdown_in': ('封控期间持临时证进入', {'mode': 'lock-down', 'direction': 'in', 'permits': ['临时证']}, 'deny', 'lockdown_in', PERMIT),
    'no_permit': ('没有出入证', {'mode': 'closed', 'permits': []}, 'deny', 'no_permit', PERMIT),
    'permit_revoked': ('出入证已注销', {'mode': 'closed', 'permits': ['粉证-已注销']}, 'deny', 'permit_revoked', PERMIT),
    'permit_expired': ('出入证已过期', {'mode': 'closed', 'permits': ['粉证-已过期']}, 'deny', 'permit_expired', PERMIT),
    'permit_early': ('出入证未生效', {'mode': 'closed', 'permits': ['粉证-未生效']}, 'deny', 'permit_early', PERMIT),
    'permit_gate': ('出入证仅限西门', {'mode': 'closed', 'permits': ['粉证-仅西门']}, 'deny', 'permit_gate', PERMIT),
    'permit_day': ('出入证仅限周末', {'mode': 'closed', 'permits': ['粉证-周末']}, 'deny', 'permit_day', PERMIT),
    'permit_hour': ('出入证仅限夜间', {'mode': 'closed', 'permits': ['粉证-夜间']}, 'deny', 'permit_hour', PERMIT),
    'quota_used': ('出行次数已用完', {'mode': 'closed', 'direction': 'out', 'permits': ['粉证-每人两天一次'], 'outings.own': ['周一']}, 'deny', 'quota_used', PERMIT),
    'lockdown_out_no_permit': ('封控期间无证外出', {'mode': 'lock-down', 'direction': 'out', 'permits': []}, None, None, PERMIT),
    'lockdown_out_revoked': ('封控期间证已注销外出', {'mode': 'lock-down', 'direction': 'out', 'permits': ['粉证-已注销']}, None, None, PERMIT),
    'permit_sheet': ('出示纸质码', {'shows': '纸质码'}, 'review', 'permit_sheet', 'shows'),
    'passback_hard': ('硬门上已在里面', {'gate': '硬门', 'inside': True, 'direction': 'in'}, 'deny', 'passback', 'gate'),
    'passback_timed': ('限时门上刚进去', {'gate': '限时门', 'inside': True, 'direction': 'in', 'last.gate': '西门', 'last.direction': 'in', 'last.at': '周一 08:57'},
                       'deny', 'passback', 'gate'),
    'passback_soft': ('软门上已在里面', {'gate': '软门', 'inside': True, 'direction': 'in'}, 'note', 'passback', 'gate'),
    'zone_full': ('里面人已满', {'full': True, 'direction': 'in'}, 'deny', 'zone_full', 'full'),
    'records_full': ('记录无法保存', {'records_full': True}, 'review', 'records_full', 'records'),
    'not_live': ('活体门上像照片', {'gate': '活体门', 'shows': '照片'}, 'review', 'not_live', 'gate'),
    'liveness_unseen': ('活体门上没看清活体', {'gate': '活体门', 'shows': '没看清活体'}, 'review', 'liveness_unseen', 'gate'),
    'not_live_advised': ('提示门上像照片', {'gate': '提示门', 'shows': '照片'}, 'note', 'not_live', 'gate'),
    'leaving_expired': ('访客证过期离开', {'person': '访客', 'direction': 'out', 'permits': ['访客证-已过期']}, None, None, PERMIT),
    'leaving_revoked': ('临时证注销离开', {'person': '访客', 'direction': 'out', 'permits': ['临时证-已注销']}, None, None, PERMIT),
    'lockdown_leaving_expired': ('封控期间访客证过期离开', {'person': '访客', 'mode': 'lock-down', 'direction': 'out', 'permits': ['访客证-已过期']}, None, None, PERMIT),
    'lockdown_leaving_revoked': ('封控期间临时证注销离开', {'person': '访客', 'mode': 'lock-down', 'direction': 'out', 'permits': ['临时证-已注销']}, None, None, PERMIT),
    'permit': ('正常管理，持粉证', {'mode': 'normal', 'permits': ['粉证']}, None, None, PERMIT),
    'permit_closed': ('封闭管理，持粉证', {'mode': 'closed', 'permits': ['粉证']}, None, None, PERMIT),
    'free_lockdown_out': ('封控期间外出，住户免证', {'mode': 'lock-down', 'direction': 'out', 'permits': ['粉证'], 'parameters.permit_required': []}, None, None, PERMIT),
    'free_lockdown_in': ('封控期间持临时证进入，住户免证', {'mode': 'lock-down', 'direction': 'in', 'permits': ['临时证'], 'parameters.permit_required': []}, None, None, PERMIT),
}
# circumstances that are of two kinds at once
BOTH = {
    'fever_yesterday_unmeasured': [('deny', 'fever'), ('review', 'temperature_missing')],
    'lockdown_out_no_permit': [('deny', 'lockdown_out'), ('deny', 'no_permit')],
    'lockdown_out_revoked': [('deny', 'lockdown_out'), ('deny', 'permit_revoked')],
    'leaving_expired': [('allow', 'leaving'), ('note', 'permit_expired')],
    'leaving_revoked': [('allow', 'leaving'), ('note', 'permit_revoked')],
    'lockdown_leaving_expired': [('deny', 'lockdown_out'), ('allow', 'leaving'), ('note', 'permit_expired')],
    'lockdown_leaving_revoked': [('deny', 'lockdown_out'), ('allow', 'leaving'), ('note', 'permit_revoked')],
    'free_lockdown_out': [('deny', 'lockdown_out')],
    'free_lockdown_in': [('deny', 'lockdown_in')],
    'permit': [], 'permit_closed': [],
}
# the order of the file, of the reasons
ORDER = ['gate_closed', 'unknown_face', 'unreadable_face', 'unsure_face', 'covered_face', 'credential_unknown', 'credential_forged', 'credential_foreign',
         'credential_expired', 'credential_early', 'credential_replayed', 'credential_revoked', 'credential_locked', 'not_in_registry', 'inactive_person',
         'isolated', 'home_observation', 'red_code', 'fever', 'yellow_code', 'temperature_missing', 'key_monitoring', 'lockdown_out', 'lockdown_in',
         'no_permit', 'permit_revoked', 'permit_expired', 'permit_early', 'permit_gate', 'permit_day', 'permit_hour', 'quota_used', 'permit_sheet',
         'passback', 'zone_full', 'records_full', 'not_live', 'liveness_unseen', 'active_resident', 'permit_valid', 'leaving']
RANK = ['deny', 'review', 'allow', 'note']


def expect(follows):
    """The strictest decides; its reasons come first, and isolation before all."""
    follows = sorted(set(follows), key=lambda f: (RANK.index(f[0]), f[1] != 'isolated', ORDER.index(f[1])))
    reasons = []
    for _, r in follows:
        if r not in reasons:
            reasons.append(r)
    return follows[0][0], reasons


def merge(a, b):
    """Both, or None where they cannot be at once."""
    out = dict(a)
    for k, v in b.items():
        if k in out and out[k] != v:
            return None
        out[k] = v
    return out


def allows(given):
    """What would let a resident pass: without a permit in the modes that need none, and with any valid permit."""
    out = []
    mode = given.get('mode', 'normal')
    if given.get('person') == '访客':
        return out
    if mode == 'normal' or given.get('parameters.permit_required') == []:
        out.append(('allow', 'active_resident'))
    if given.get('permits') and given['permits'][0] in ('粉证', '临时证'):
        out.append(('allow', 'permit_valid'))
    return out


def flow(v):
    if isinstance(v, bool):
        return 'true' if v else 'false'
    if isinstance(v, list):
        return '[' + ', '.join(map(str, v)) + ']'
    return str(v)


def written(given):
    top, nested = [], {}
    for k, v in given.items():
        if '.' in k:
            a, b = k.split('.')
            nested.setdefault(a, []).append(f'{b}: {flow(v)}')
        elif not (k == 'permits' and v == []):
            top.append(f'{k}: {flow(v)}')
    return '{' + ', '.join(top + [f'{a}: {{{", ".join(b)}}}' for a, b in nested.items()]) + '}'


# Evidence that names nobody for sure leaves only the gate and isolation to look at.
SHOWN = [
    ('像是某人', '像是某人', 'review', 'unsure_face', '住户'), ('陌生人脸', '陌生人脸', 'deny', 'unknown_face', ''),
    ('戴口罩认不出', '戴口罩认不出', 'review', 'covered_face', ''), ('看不清人脸', '看不清', 'review', 'unreadable_face', ''),
    ('无法识别的码', '无效码', 'deny', 'credential_unknown', '住户'), ('伪造的码', '伪造码', 'deny', 'credential_forged', '住户'),
    ('其他小区的码', '外小区码', 'deny', 'credential_foreign', '住户'), ('过期的码', '过期码', 'deny', 'credential_expired', '住户'),
    ('时间在将来的码', '未来码', 'deny', 'credential_early', '住户'), ('用过的码', '重复码', 'deny', 'credential_replayed', '住户'),
    ('注销的码', '注销码', 'deny', 'credential_revoked', '住户'), ('多次出错被锁', '锁定', 'deny', 'credential_locked', '住户'),
    ('登记已删除', '人脸', 'deny', 'not_in_registry', '已删'), ('停用人员', '人脸', 'deny', 'inactive_person', '停用'),
]


def main():
    cases = []

    def case(title, given, follows):
        outcome, reasons = expect(follows)
        cases.append(f'  - title: {title}\n    given: {written(given)}\n    expect: {{outcome: {outcome}, reasons: {flow(reasons)}}}\n')

    def follows(*names):
        out = []
        for n in names:
            out += BOTH[n] if n in BOTH else [C[n][2:4]]
        return out

    for a, b in itertools.combinations(C, 2):
        if C[a][4] == C[b][4]:
            continue
        given = merge(C[a][1], C[b][1])
        if given is None:
            continue
        # a permit circumstance decides the mode; else it is normal mode without a permit
        given = {'person': '住户', **given}
        case(f'{C[a][0]} ＋ {C[b][0]}', given, follows(a, b) + allows(given))
    for title, shows, then, reason, person in SHOWN:
        given = {'shows': shows}
        if person:
            given = {'person': person, **given}
        case(f'{title} ＋ 出入口已关闭', {**given, 'state': 'closed'}, [(then, reason), ('deny', 'gate_closed')])
        if person in ('住户', '停用'):
            case(f'{title} ＋ 隔离人员', {**given, 'health.state': 'isolated'}, [(then, reason), ('deny', 'isolated')])
            case(f'{title} ＋ 居家观察（身份未定，不看健康）', {**given, 'health.state': 'observation'}, [(then, reason)])
    with open('cases/crosses.yaml', 'w') as f:
        f.write('# 两种情形同时出现时如何判定。由 crosses.py 按规则声明的先后写成，不是程序运行的结果。\n'
                '# What happens where two circumstances meet. Written by crosses.py from the precedence that the rules state.\n\n'
                'subject: 两种情形同时出现\ncases:\n' + ''.join(cases))


if __name__ == '__main__':
    main()
