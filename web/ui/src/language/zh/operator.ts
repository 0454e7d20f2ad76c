export const operator = {
  accounts: '账号', invite: '邀请', inviteTitle: '邀请一个人', chooseRoles: '至少选一个角色', disabled: '已停用', invited: '待启用', active: '在用', state: '状态', lastSignIn: '最近登录', never: '从未',
  second: '第二步验证', link: '邀请链接', linkHint: '请把链接交给本人。只能用一次，三天内有效，关闭后不再显示。', linkDone: '我已交给本人',
  reset: '重设', resetAsk: '重设这个账号？', resetHint: '立即退出所有设备，删除密码和第二步验证，并生成新链接。', disable: '停用', disableAsk: '停用这个账号？立即退出所有设备。', enable: '启用',
  devices: '设备', deviceTitle: (name: string) => `${name}的设备`, noAccounts: '还没有账号。请点“邀请”。',
  status: '运行状况', well: '一切正常', doNow: '怎么办', since: (time: string) => `自 ${time}`, camera: '摄像机', gate: '出入口', cameraOk: '正常', cameraBad: '异常', figures: '数据',
  noCameras: '还没有摄像机。请在 menshen.yaml 中填写，然后重新启动。', people: '人员', templates: '人脸模板', passes: '通行记录', outbox: '待确认的通行', version: '版本',
};
