export const auditor = {
  audit: '审计日志', actor: '谁', action: '做了什么', subject: '对象', purpose: '目的', detail: '详情', at: '时间', sequence: '序号',
  empty: '没有符合条件的记录。请放宽条件。', earlier: '更早的记录', actionHint: '操作名称的一部分', subjectHint: '对象的一部分',
};
