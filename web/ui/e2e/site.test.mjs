// The site: its figures, its plan with the gates on it, and what distances mean there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { allow, look, openHouse, settled, shared, telephone, until } from './harness.mjs';

let house, office, page;

before(async () => {
  house = await openHouse({ people: 120, days: 4 });
  office = await house.account(['OFFICE']);
  page = await house.page(office);
});
after(() => house?.close());

function crc(data) {
  let c = ~0;
  for (const byte of data) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** A drawn plan: grass, roads and buildings. said makes its header tell another size than it has. */
function png(width, height, said = [width, height]) {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const road = Math.abs(u - 0.5) < 0.03 || Math.abs(v - 0.55) < 0.04;
      const house_ = u > 0.08 && u < 0.92 && v > 0.1 && v < 0.9 && (u * 6) % 1 > 0.2 && (u * 6) % 1 < 0.85 && (v * 4) % 1 > 0.25 && (v * 4) % 1 < 0.8;
      rows.set(road ? [226, 222, 214] : house_ ? [236, 200, 170] : [206, 226, 196], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(said[0], 0);
  header.writeUInt32BE(said[1], 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** Uploads a file as the office does. */
async function upload(name, data, mimeType = 'image/png') {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer: data });
}

test('the office begins with the figures of the site', async () => {
  await page.goto('/');
  await page.waitForURL(/office\/dashboard/);
  await page.getByRole('heading', { name: '小区概况' }).waitFor();
  await until(async () => /[1-9]\d* 人/.test(await page.getByText('现在在小区内').locator('..').innerText()), 'nobody is inside');
  await page.getByText('近 7 天').click();
  await page.waitForURL(/days=7/);
  const hours = page.getByRole('group', { name: /各时段通行/ });
  await hours.focus();
  for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowRight');
  await page.locator('[aria-live]').getByText(/08:00–08:59：共 \d+ 次/).first().waitFor();
  await look(page, 'site-dashboard', { full: true });

  const { hours: counted, days } = await house.call('StatisticsService', 'GetStatistics', { days: 7 }, office);
  const sum = (list) => list.flatMap((of) => of.gates ?? []).reduce((all, gate) => all + (gate.in ?? 0) + (gate.out ?? 0), 0);
  assert.ok(sum(days) > 100);
  assert.equal(sum(days), sum(counted));
  // The table says the same as the bars.
  await page.getByText('以表格查看').first().click();
  assert.equal(await page.getByRole('table').filter({ hasText: '日期' }).getByRole('row').count(), 8);

  const english = await house.page(office, { language: 'en' });
  await english.goto('/office/dashboard?days=7&gates=all');
  await english.getByText('Why people were refused').waitFor();
  await look(english, 'site-dashboard', { full: true });
  const small = await house.page(office, { size: telephone, touch: true });
  await small.goto('/office/dashboard');
  await small.getByText('被拒绝和交核对的原因').waitFor();
  await look(small, 'site-dashboard-telephone', { full: true });
  assert.ok(await small.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than a telephone');
});

test('the plan is of use before anybody uploads one', async () => {
  await page.goto('/office/plan');
  await page.getByText('示意图：').waitFor();
  await page.locator('[data-gate=east]').waitFor();
  assert.equal(await page.locator('[data-zone=compound]').count(), 1);
  await look(page, 'site-plan-sketch');
});

test('wrong pictures are refused in words, and change nothing', async () => {
  await page.goto('/office/plan?edit=1');
  allow(page, /status of 400/);
  const cases = [
    ['改名.png', Buffer.from('%PDF-1.4 not a picture'), /既不是 PNG 也不是 JPEG/],
    ['很大.png', png(8, 8, [20000, 10000]), /20000 × 10000/],
    ['断的.png', png(600, 400).subarray(0, 900), /不完整/],
    ['太重.png', Buffer.alloc(11 * 1024 * 1024), /11\.0 MB/],
  ];
  for (const [name, data, words] of cases) {
    await upload(name, data);
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
  }
  await look(page, 'site-plan-refused');
  const { plan } = await house.call('SitePlanService', 'GetSitePlan', {}, office);
  assert.equal(plan.revision ?? '0', '0');
});

test('the office uploads a plan, and puts gates onto it by mouse and by keyboard', async () => {
  await page.goto('/office/plan?edit=1');
  await upload('plan.png', png(1200, 800));
  await page.getByText('平面图已更换').waitFor();
  await page.getByRole('button', { name: '放到图上: 东门' }).click();
  const east = page.locator('[data-gate=east]');
  const from = await east.boundingBox();
  const plan = await page.getByRole('group', { name: '小区平面图' }).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(plan.x + plan.width * 0.6, plan.y + plan.height * 0.5, { steps: 5 });
  await page.mouse.move(plan.x + plan.width * 0.5, plan.y + plan.height * 0.25, { steps: 5 });
  await page.mouse.up();

  await page.getByRole('button', { name: '放到图上: 南门' }).click();
  await page.locator('[data-gate=south]').focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowUp');
  await page.getByText(/南门：横 \d+%，纵 \d+%/).waitFor();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+Z');
  await page.getByRole('button', { name: '全部按示意图放上' }).click();
  await page.getByText('区域和出入口都已放上图').waitFor();
  await look(page, 'site-plan-edit');
  await page.getByRole('button', { name: '保存位置' }).click();
  await page.getByText('已保存', { exact: true }).waitFor();

  const { plan: kept } = await house.call('SitePlanService', 'GetSitePlan', {}, office);
  const of = (gate) => kept.places.find((place) => place.gate === gate);
  assert.ok(Math.abs(of('east').x - 0.5) < 0.02 && Math.abs(of('east').y - 0.25) < 0.03, JSON.stringify(of('east')));
  assert.equal(kept.picture.width, 1200);
  await page.getByRole('button', { name: '退出修改' }).click();
  await page.locator('image').waitFor();
  await look(page, 'site-plan');
});

const planOf = async () => (await house.call('SitePlanService', 'GetSitePlan', {}, office)).plan;
const spotOf = (plan, gate) => plan.places.find((place) => place.gate === gate);
const near = (a, b) => Math.abs(a - b) < 1e-6;

/** Moves a gate by one step of the keyboard. */
async function nudge(gate, key) {
  await page.locator(`[data-gate=${gate}]`).focus();
  await page.keyboard.press(key);
}

test('of two who edit the plan the second is told, and neither loses anything', async () => {
  allow(page, /status of (409|500)/);
  await page.goto('/office/plan?edit=1');
  const kept = await planOf();
  await nudge('south', 'ArrowLeft');
  const theirs = kept.places.map((place) => (place.gate === 'east' ? { ...place, x: 0.2 } : place));
  await house.call('SitePlanService', 'PutSitePlan', { base: kept.revision, places: theirs, picture: png(900, 600).toString('base64') }, office);
  await page.getByRole('button', { name: '保存位置' }).click();
  await page.getByText('别人修改了平面图').waitFor();
  await look(page, 'site-plan-conflict');

  // The latest cannot be had at first: that is said, and changes nothing.
  await page.route(/SitePlanService\/GetSitePlan/, (route) => route.fulfill({ status: 500, contentType: 'application/json', body: JSON.stringify({ code: 'internal', message: 'the plan is out' }) }));
  await page.getByRole('button', { name: '载入最新版，保留我的改动' }).click();
  await page.getByRole('alert').filter({ hasText: 'the plan is out' }).waitFor();
  await page.getByText('有未保存的改动').waitFor();
  await page.unroute(/SitePlanService\/GetSitePlan/);
  await page.getByRole('alert').filter({ hasText: 'the plan is out' }).getByRole('button', { name: '再试一次' }).click();
  await page.getByText('已载入最新版').waitFor();
  await page.getByText('别人修改了平面图').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '保存位置' }).click();
  const after = await until(async () => {
    const plan = await planOf();
    return Number(plan.revision) === Number(kept.revision) + 2 && plan;
  }, 'it was not saved');
  assert.ok(near(spotOf(after, 'east').x, 0.2) && after.picture.width === 900, 'what the other did is lost');
  assert.ok(near(spotOf(after, 'south').x, spotOf(kept, 'south').x - 0.01), 'what was done here is lost');
});

test('steps that come while the plan is being saved are not lost', async () => {
  const kept = await planOf();
  await page.goto('/office/plan?edit=1');
  await nudge('south', 'ArrowUp');
  let go;
  const held = new Promise((done) => (go = done));
  await page.route(/SitePlanService\/PutSitePlan/, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: '保存位置' }).click();
  await nudge('south', 'ArrowUp');
  await nudge('east', 'ArrowUp');
  go();
  await page.getByText('已保存', { exact: true }).waitFor();
  await page.unroute(/SitePlanService\/PutSitePlan/);
  const first = await planOf();
  assert.ok(near(spotOf(first, 'south').y, spotOf(kept, 'south').y - 0.01) && near(spotOf(first, 'east').y, spotOf(kept, 'east').y));
  await page.getByText('有未保存的改动').waitFor();
  await page.getByRole('button', { name: '保存位置' }).click();
  await page.getByText('有未保存的改动').waitFor({ state: 'detached' });
  const second = await planOf();
  assert.ok(near(spotOf(second, 'south').y, spotOf(kept, 'south').y - 0.02) && near(spotOf(second, 'east').y, spotOf(kept, 'east').y - 0.01));
});

test('whoever leaves with steps that are not saved is asked', async () => {
  await page.goto('/office/plan?edit=1');
  await nudge('south', 'ArrowRight');
  const ask = page.getByRole('dialog').filter({ hasText: '放弃未保存的改动' });
  for (const leave of [() => page.getByRole('menuitem', { name: '小区概况' }).click(), () => page.getByRole('button', { name: '退出修改' }).click()]) {
    await leave();
    await ask.waitFor();
    await look(page, 'site-plan-leave');
    await ask.getByRole('button', { name: '留在本页' }).click();
    await ask.waitFor({ state: 'hidden' });
    await page.getByText('有未保存的改动').waitFor();
  }
  // The browser asks too, before it loads another document.
  const asked = page.waitForEvent('dialog');
  const reloaded = page.evaluate(() => setTimeout(() => location.reload()));
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.dismiss();
  await reloaded;
  await page.getByText('有未保存的改动').waitFor();

  // What the plan was before comes back when one says so; the steps can still be had.
  const before = await planOf();
  await page.getByRole('button', { name: '历史版本' }).click();
  await page.getByRole('button', { name: '恢复这一版' }).first().click();
  const sure = page.getByRole('tooltip').filter({ hasText: '未保存的改动不会保存' });
  await sure.waitFor();
  await look(page, 'site-plan-history');
  await sure.getByRole('button', { name: /取\s*消/ }).click();
  assert.equal((await planOf()).revision, before.revision);
  await page.getByRole('button', { name: '恢复这一版' }).first().click();
  await sure.getByRole('button', { name: '恢复这一版' }).click();
  await page.getByText('已恢复').waitFor();
  await page.getByText('有未保存的改动').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '撤销一步' }).click();
  await page.getByText('有未保存的改动').waitFor();
  await page.getByRole('button', { name: '保存位置' }).click();
  await page.getByText('有未保存的改动').waitFor({ state: 'detached' });
  assert.ok(near(spotOf(await planOf(), 'south').x, spotOf(before, 'south').x + 0.01));

  // Then nothing is asked, and whoever says so loses the steps.
  await nudge('south', 'ArrowRight');
  await page.getByRole('button', { name: '退出修改' }).click();
  await ask.getByRole('button', { name: '放弃并离开' }).click();
  await page.waitForURL((url) => !url.searchParams.has('edit'));
  await page.getByRole('button', { name: '修改平面图' }).waitFor();
});

test('a gate is closed from the plan, and the change is undone', async () => {
  await page.goto('/office/plan');
  await page.locator('[data-gate=south]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/gate=south/);
  const state = page.getByRole('radiogroup', { name: '南门的状态' }).first();
  const stateOf = async () => (await house.call('GateService', 'ListGates', {}, office)).gates.find((view) => view.gate.id === 'south').gate.state;
  const before = await stateOf();
  await state.getByText('关闭').click();
  await page.getByRole('dialog').getByLabel(/原因/).fill('消防演练');
  await look(page, 'site-gate-close');
  await page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).click();
  await until(async () => (await stateOf()) === 'closed', 'the gate is not closed');
  await page.locator('[data-gate=south][aria-label*="关闭"]').waitFor();
  await look(page, 'site-gate-closed');
  await page.getByRole('button', { name: '撤销' }).click();
  await until(async () => (await stateOf()) === before, 'the change is not undone');

  // The list does the same, and the mode of the site is asked for twice.
  await page.getByRole('row').filter({ hasText: '东门' }).getByText('开放').click();
  await until(async () => (await house.call('GateService', 'ListGates', {}, office)).gates.find((view) => view.gate.id === 'east').gate.state === 'open', 'the list does nothing');
  await page.getByText('封闭管理').first().click();
  await page.getByRole('dialog').filter({ hasText: '全小区改为' }).getByRole('button').first().click();
  assert.equal((await house.call('GateService', 'ListGates', {}, office)).mode ?? 'normal', 'normal');
  const english = await house.page(office, { language: 'en' });
  await english.goto('/office/plan?gate=south');
  await english.getByText('Open all doors').waitFor();
  await settled(english);
  await look(english, 'site-plan');
  const small = await house.page(office, { size: telephone, touch: true });
  await small.goto('/office/plan?gate=south');
  await small.locator('[data-gate=south]').waitFor();
  await look(small, 'site-plan-telephone', { full: true });
});

test('only the roles that may see and change it', async () => {
  const guard = await house.account(['GUARD']);
  const theirs = await house.page(guard);
  for (const path of ['office/dashboard', 'office/plan', 'operator/calibration']) {
    await theirs.goto(`/${path}`);
    await theirs.getByText('您的角色不能看这个页面').waitFor();
  }
  assert.equal((await house.tryCall('SitePlanService', 'GetSitePlan', {}, guard)).status, 200);
  for (const [service, method, request] of [['StatisticsService', 'GetStatistics', {}], ['SitePlanService', 'PutSitePlan', {}], ['SitePlanService', 'RestoreSitePlan', {}]]) {
    assert.equal((await house.tryCall(service, method, request, guard)).status, 403, method);
  }
  await page.goto('/operator/calibration');
  await page.getByText('您的角色不能看这个页面').waitFor();
});

test('an investigator sees the replay on the plan', async () => {
  const investigator = await house.account(['INVESTIGATOR']);
  const approver = await house.account(['APPROVER']);
  const { passes } = await house.call('PassService', 'ListPasses', { limit: 1000 }, office);
  const counts = new Map();
  for (const { pass } of passes) if (pass.person) counts.set(pass.person, (counts.get(pass.person) ?? 0) + 1);
  const person = [...counts].sort((a, b) => b[1] - a[1])[0][0];
  const onset = new Date(Date.now() - 40 * 3_600_000).toISOString();
  const { case: asked } = await house.call('CaseService', 'RequestCase', { number: '演练-1', person, purpose: '流调演练', clinical: { onset } }, investigator);
  await house.call('CaseService', 'DecideCase', { case: asked.id, approve: true, why: '演练' }, approver);
  const { movements } = await house.call('CaseService', 'GetCase', { case: asked.id }, investigator);
  const stay = movements.stays.find((of) => of.zone.startsWith('unit')) ?? movements.stays[0];

  const theirs = await house.page(investigator);
  await theirs.goto(`/investigation/cases/${asked.id}`);
  const slider = theirs.getByRole('slider', { name: '回放' });
  await slider.waitFor();
  // To the first stay, by its zone in the table.
  await theirs.getByRole('tab', { name: /^停留/ }).click();
  await theirs.locator('.ant-table-row').first().getByRole('button').click();
  await theirs.locator('[data-zone][data-lit]').first().waitFor();
  await theirs.locator('[data-person]').waitFor();
  await look(theirs, 'replay-plan', { full: true });
  const lit = await theirs.locator('[data-zone][data-lit]').evaluateAll((all) => all.map((of) => of.dataset.zone));
  assert.ok(lit.length > 0 && stay);
  // With the slider, the person moves on.
  const where = () => theirs.locator('[data-person] circle').last().evaluate((of) => `${of.getAttribute('cx')} ${of.getAttribute('cy')}`);
  const first = await where();
  await theirs.getByRole('button', { name: '播放' }).click();
  await until(async () => (await theirs.locator('[data-person]').count()) > 0 && (await where()) !== first, 'the person does not move');
  const english = await house.page(investigator, { language: 'en' });
  await english.goto(`/investigation/cases/${asked.id}`);
  await english.locator('svg[aria-label^="Where they were on the plan"]').waitFor();
  await look(english, 'replay-plan');
  assert.equal((await house.tryCall('SitePlanService', 'PutSitePlan', {}, investigator)).status, 403);
});

test('an operator sees what distances mean here, and takes thresholds into use', async () => {
  const operator = house.operator;
  const first = await house.page(operator);
  await first.goto('/operator/calibration');
  await first.getByText('登记了人脸的只有 0 人').waitFor();
  await look(first, 'calibration-nobody');
  await first.close();

  // Faces for 60 people: 40, and 20 of them as somebody who looks just like them.
  const faces = join(shared, 'testdata/faces');
  const folders = readdirSync(faces, { withFileTypes: true }).filter((of) => of.isDirectory()).map((of) => join(faces, of.name));
  const photo = (folder, n) => ({ name: `${n}.jpg`, data: readFileSync(join(folder, readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort()[n])).toString('base64') });
  const people = [
    ...folders.map((folder, i) => ({ name: `甲${i + 1}`, photos: [photo(folder, 0), photo(folder, 1)] })),
    ...folders.slice(0, 20).map((folder, i) => ({ name: `乙${i + 1}`, photos: [photo(folder, 2)], lookAlike: true })),
  ];
  for (let i = 0; i < people.length; i += 3) {
    await Promise.all(people.slice(i, i + 3).map((who, k) => house.call('PersonService', 'Enroll', { ...who, consent: { signer: who.name }, dwelling: `9-1-${i + 1}-${i + 1}0${k + 1}` }, office)));
  }
  const theirs = await house.page(operator);
  await theirs.goto('/operator/calibration?aim=100');
  await theirs.getByText(/1 万个陌生人来到门前/).waitFor();
  await theirs.getByText('仅试算').waitFor();
  const curve = theirs.getByRole('group', { name: /阈值与认错率/ });
  await curve.focus();
  for (let i = 0; i < 3; i++) await theirs.keyboard.press('ArrowLeft');
  await theirs.getByText(/阈值 \d\.\d+：1 万个陌生人中约/).waitFor();
  await look(theirs, 'calibration', { full: true });
  await theirs.getByRole('button', { name: '以此为目标试算' }).click();
  await theirs.waitForURL((url) => url.searchParams.get('aim') !== '100');
  await theirs.getByText(/1 万个陌生人来到门前/).waitFor();
  await theirs.getByRole('button', { name: '采用并保存' }).click();
  await theirs.getByRole('dialog').getByRole('button', { name: '采用并保存' }).click();
  await theirs.getByText(/已保存并启用/).waitFor();
  const english = await house.page(operator, { language: 'en' });
  await english.goto('/operator/calibration');
  await english.getByText(/Of 10,000 strangers at the gate/).waitFor();
  await look(english, 'calibration', { full: true });
});
