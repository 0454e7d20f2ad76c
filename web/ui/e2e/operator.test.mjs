// An operator at a site with a camera: status, cameras from test to saving, networks, bus, disk, a backup that is put back, accounts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { allow, look, openHouse, root, shared, until } from './harness.mjs';

const films = mkdtempSync(join(tmpdir(), 'menshen-film-'));
after(() => rmSync(films, { recursive: true, force: true }));
const person = join(shared, 'testdata/faces/Yoko_Ono');
const photograph = join(person, readdirSync(person).filter((name) => name.endsWith('.jpg')).sort()[0]);
// A camera that plays a film: a face in the middle of the picture, then nobody.
const film = join(films, 'gate.mp4');
execFileSync('ffmpeg', ['-loglevel', 'error', '-loop', '1', '-i', photograph, '-t', '4', '-r', '10', '-vf', 'scale=480:480,pad=1280:720:400:120', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '10', film]);
const stillFilm = join(films, 'still.mp4');
execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=10', '-t', '4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '10', stillFilm]);

const house = await openHouse({
  yaml: `
engine: {models: ${JSON.stringify(join(root, 'models/files'))}, evaluation: true}
site:
  id: yard
  name: {zh: 试验小区, en: Yard}
  zones: [{id: outside, kind: outside, name: {zh: 小区外, en: Outside}}, {id: compound, kind: compound, name: {zh: 小区, en: Compound}}]
  gates: [{id: east, from: outside, to: compound, state: open, name: {zh: 东门, en: East gate}}, {id: west, from: outside, to: compound, state: open, name: {zh: 西门, en: West gate}}]
cameras:
  - {id: west-1, gate: west, direction: in, source: ${JSON.stringify(stillFilm)}, loop: true}
camera_places: [${JSON.stringify(films)}]
`,
});
after(() => house.close());

const words = {
  'zh-CN': { status: '运行状况', cameras: '摄像机', machine: '模型与消息', data: '数据与备份', bus: '消息总线', storage: '存储', retention: '保留期限', present: '完好', backup: '立即备份', whole: '完整', upToDate: '已跟上', confirmed: '全部已确认', days: '病例', yunet: 'yunet' },
  en: { status: 'Status', cameras: 'Cameras', machine: 'Models and bus', data: 'Data, backups', bus: 'Message bus', storage: 'Storage', retention: 'Retention', present: 'Right', backup: 'Back up now', whole: 'Whole', upToDate: 'Up to date', confirmed: 'All are confirmed', days: 'cases', yunet: 'yunet' },
};

for (const [language, t] of Object.entries(words)) {
  test(`an operator sees what Menshen works with and keeps (${language})`, async () => {
    const page = await house.page(house.operator, { language });
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: t.status }).waitFor();
    await page.getByRole('cell', { name: 'west-1' }).waitFor();
    await look(page, 'operator-status-real');
    await page.getByRole('menuitem', { name: t.machine }).click();
    await page.getByRole('row', { name: t.yunet }).first().getByText(t.present, { exact: true }).waitFor();
    await look(page, 'operator-models', { full: true });
    await page.getByRole('tab', { name: t.bus }).click();
    await page.getByRole('row', { name: /PASSES-yard/ }).first().waitFor();
    await page.getByText(t.upToDate).first().waitFor();
    await page.getByText(t.confirmed).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('part'), 'bus');
    await look(page, 'operator-bus');
    await page.getByRole('menuitem', { name: t.data }).click();
    await page.getByRole('button', { name: t.backup }).click();
    await page.getByRole('row', { name: /menshen-\d+T\d+Z/ }).first().getByText(t.whole, { exact: true }).waitFor();
    await look(page, 'operator-backups');
    await page.getByRole('tab', { name: t.storage }).click();
    await page.getByRole('cell', { name: 'site.db' }).waitFor();
    await look(page, 'operator-storage');
    await page.getByRole('tab', { name: t.retention }).click();
    await page.getByRole('row', { name: t.days }).getByText('tracing.case_days').waitFor();
    await look(page, 'operator-retention', { full: true });
    await page.context().close();
  });
}

test('a camera is tried, its region drawn, saved, and in use after a restart', async () => {
  const page = await house.page(house.operator);
  allow(page, /status of 4\d\d/, /ERR_CONNECTION_REFUSED/, /Failed to fetch/, /status of 503/);
  await page.goto('/operator/cameras');
  await page.getByRole('row', { name: 'west-1' }).waitFor();
  await page.getByRole('button', { name: '添加摄像机' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('编号').fill('east-1');
  await form.getByLabel('出入口').click();
  await page.getByTitle('东门 (east)').click();
  await form.getByLabel('地址').fill(join(films, 'nothing.mp4'));
  assert.equal(await form.getByRole('button', { name: '保存' }).isDisabled(), true, 'a camera is saved that nobody tried');
  await form.getByRole('button', { name: '测试' }).click();
  await form.getByRole('alert').waitFor();
  await look(page, 'operator-camera-refused');
  await form.getByLabel('地址').fill(film);
  await form.getByRole('button', { name: '测试' }).click();
  const picture = form.getByRole('img', { name: /有 [1-9] 张人脸/ });
  await picture.waitFor();
  const box = await picture.boundingBox();
  for (const [x, y] of [[0.2, 0.1], [0.8, 0.1], [0.8, 0.95], [0.2, 0.95]]) await picture.click({ position: { x: box.width * x, y: box.height * y }, force: true });
  await form.getByRole('button', { name: '第 4 个角' }).waitFor();
  await look(page, 'operator-camera');
  await form.getByRole('button', { name: '保存' }).click();
  await page.getByText('重新启动后生效').first().waitFor();
  assert.match(readFileSync(join(house.folder, 'menshen.yaml'), 'utf8'), /id: east-1/);
  await look(page, 'operator-cameras');
  await page.getByRole('button', { name: '在网络中查找' }).click();
  await page.getByRole('dialog').getByText(/没有 ONVIF 摄像机应答|使用/).first().waitFor();
  await page.locator('.ant-modal-close').click();
  await house.restart();
  await page.goto('/operator/cameras');
  // Its film ends soon, so it may be between two starts; that it is there is of the new start.
  await page.getByRole('row', { name: 'east-1' }).waitFor();
  await page.getByText('重新启动后生效').waitFor({ state: 'detached' });
  await page.getByRole('row', { name: 'east-1' }).getByRole('button', { name: '删除' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: '删除' }).click();
  await page.getByRole('row', { name: 'east-1' }).waitFor({ state: 'detached' });
  await page.context().close();
});

test('a backup is checked and put back', async () => {
  const office = await house.account(['OFFICE']);
  const kept = await house.call('RegistryService', 'PutPerson', { name: '林一', dwelling: '1-1-2-201' }, office);
  assert.ok(kept.person);
  const { backup, path } = await house.call('OperationService', 'MakeBackup');
  assert.ok(backup.whole && readdirSync(path).includes('site.db') && !readdirSync(path).includes('site.key'), JSON.stringify(backup));
  await house.call('RegistryService', 'PutPerson', { name: '后来的人', dwelling: '1-1-2-202' }, office);
  await house.stop();
  const data = join(house.folder, 'data');
  const said = execFileSync(process.env.MENSHEN_BIN ?? join(root, 'bin/menshen'), ['backup', '--check', path], { cwd: house.folder, env: { ...process.env, LANG: 'en_GB.UTF-8' }, encoding: 'utf8' });
  assert.match(said, /the backup is whole/);
  const away = join(house.folder, 'away');
  renameSync(data, away);
  mkdirSync(data, { mode: 0o700 });
  cpSync(path.replace(data, away), data, { recursive: true });
  cpSync(join(away, 'site.key'), join(data, 'site.key'));
  await house.start();
  const { people } = await house.call('PersonService', 'ListPeople', { query: '' }, office);
  assert.deepEqual(people.map(({ name }) => name), ['林一']);
});

test('an operator takes a role away, and the open page of the other ends', async () => {
  const guard = await house.account(['GUARD'], { shown: '钱师傅' });
  const watching = await house.page(guard);
  allow(watching, /status of 401/);
  await watching.goto('/guard/console');
  await watching.getByRole('button', { name: '钱师傅' }).waitFor();
  const page = await house.page(house.operator, { language: 'en' });
  await page.goto('/operator/accounts');
  await page.getByRole('row', { name: guard.name }).getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('row', { name: guard.name }).getByText('Disabled').waitFor();
  await look(page, 'operator-accounts-disabled');
  await watching.getByRole('dialog').getByLabel('密码', { exact: true }).waitFor();
  const account = (await house.call('AccountService', 'ListAccounts')).accounts.find(({ name }) => name === guard.name);
  assert.deepEqual([account.shown, account.roles], ['钱师傅', ['ROLE_GUARD']], 'what was not given was changed');
  await until(async () => (await house.tryCall('ConsoleService', 'WatchConsole', {}, guard)).status === 401, 'the session lives on');
});
