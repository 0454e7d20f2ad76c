export const operation = {
  machine: '模型与消息', data: '数据与备份', models: '识别模型', bus: '消息总线', storage: '存储', backups: '备份', retention: '保留期限',
  engine: (name: string) => `正在使用的引擎：${name}`, modelFolder: '文件夹', model: '模型', what: '用途', usedBy: '引擎', licence: '许可', size: '大小', checksum: '校验', inUse: '正在使用', evaluationOnly: '仅供评测，不能用于真实出入口', source: '来源',
  state: { present: '完好', missing: '缺少', altered: '内容不符', unlisted: '不在清单' } as Record<string, string>, role: { detector: '检测', landmarks: '关键点', embedder: '识别', liveness: '活体' } as Record<string, string>,
  modelsHint: '“完好”表示文件与清单中的 SHA-256 一致。缺少的在主机上运行 menshen models fetch 取得；内容不符的请删除后重新取得。', measured: '各引擎的准确率和误识率实测见评测文档（docs/evaluation.zh.md）；本小区的见“识别校准”。',
  address: '地址', version: '版本', since: '启动于', connections: '连接', traffic: '收 / 发', slow: '太慢而断开的', outbox: '待确认的通行', outboxWell: '全部已确认', outboxWaiting: '正在补传；持续增加时请看运行状况', streams: '消息流', stream: '消息流', messages: '消息', bytes: '大小', limits: '上限', oldest: '最早', newest: '最新', noLimit: '无', days: (n: number) => `${n} 天`, hours: (n: number) => `${n} 小时`,
  consumers: '读取者', consumer: '读取者', lag: '落后', unacknowledged: '处理中', redelivered: '重发', noConsumers: '还没有读取者', lagNow: '已跟上',
  folder: '数据文件夹', disk: '磁盘', free: (free: string, all: string) => `剩余 ${free}，共 ${all}`, warnAt: (warn: string, stop: string) => `剩余少于 ${warn} 时告警；少于 ${stop} 时不再记录通行，也不再按人脸放行。`, file: '文件',
  makeBackup: '立即备份', making: '正在备份并校验…', made: '备份完成', backupHint: '备份时不停机。生成后逐页检查；其中没有 site.key，请把它另存一处，没有它无法恢复。', lastBackup: (when: string) => `最近一次备份：${when}`, noBackups: '还没有备份。请点“立即备份”。', madeAt: '时间', by: '由谁', content: '内容', contentOf: (people: string, passes: string) => `${people} 人，${passes} 条通行记录`, whole: '完整', broken: '文件缺失或改变', name: '文件夹', staleBackup: '超过一周没有备份了',
  restoreTitle: '怎样恢复', restore: ['停止门神，把整个数据文件夹移开。', '新建数据文件夹（权限 0700），放入备份中的文件和另存的 site.key。', '如原来的 nats/ 文件夹完好，一并放入：门神会从中补上备份之后的通行记录（最多 72 小时）。', '启动门神，看“运行状况”。'], checkHint: '恢复前可在主机上运行 menshen backup --check 文件夹，核对校验和。',
  kind: '数据', howLong: '保留多久', key: '配置项', kept: '现有', due: '到期待删', removed: '累计删除', looked: '上次检查（删除数）', assessment: '生成影响评估材料', retentionHint: '在 menshen.yaml 中修改，重新启动后生效。',
  figures: (w: string, h: string, fps: string, looked: string, ms: string) => `${w}×${h}，每秒 ${fps} 帧，识别 ${looked} 帧，每帧 ${ms} 毫秒`, simulated: '这是模拟小区：人和通行都是虚构的，没有真实的摄像机。', simulatedHint: '要接真实摄像机，请在主机上运行 menshen config init，填写小区和出入口后重新启动。', noCamerasSimulated: '模拟小区没有摄像机。可在门卫台用浏览器作摄像机试用。', noCameras: '还没有摄像机。', addOne: '添加摄像机', critical: '严重', warning: '注意',
};
