// The site: its figures, its plan with the gates on it, and what distances mean there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { allow, look, openHouse, settled, telephone, until } from './harness.mjs';

let house, office, page;

before(async () => {
  house = await openHouse({ people: 120, days: 2 });
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
  await page.getByText(/08:00–08:59：共 \d+ 次/).first().waitFor();
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

  // Somebody else changes it meanwhile: what was done here stays.
  await page.getByRole('button', { name: '修改平面图' }).click();
  await page.locator('[data-gate=south]').focus();
  await page.keyboard.press('ArrowLeft');
  await house.call('SitePlanService', 'PutSitePlan', { base: kept.revision, places: kept.places }, office);
  allow(page, /status of 409/);
  await page.getByRole('button', { name: '保存位置' }).click();
  await page.getByText('别人修改了平面图').waitFor();
  await page.getByRole('button', { name: /载入最新版/ }).click();
  await page.getByRole('button', { name: '保存位置' }).click();
  await until(async () => Number((await house.call('SitePlanService', 'GetSitePlan', {}, office)).plan.revision) === Number(kept.revision) + 2, 'it was not saved');

  // What it was before comes back.
  await page.getByRole('button', { name: '历史版本' }).click();
  await page.getByRole('button', { name: '恢复这一版' }).first().waitFor();
  await look(page, 'site-plan-history');
  await page.getByRole('button', { name: '恢复这一版' }).first().click();
  await page.getByText('已恢复').waitFor();
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
