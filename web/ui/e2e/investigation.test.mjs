// A case from opening to export: an investigator asks, an approver decides, and the investigator does the work.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { after, before, test } from 'node:test';

import { allow, look, openHouse, settled, telephone } from './harness.mjs';

const number = '朝疾控2026-118';
let house, investigator, approver, auditor, guard, person, onset, page, id;

before(async () => {
  house = await openHouse({ people: 120, days: 4 });
  investigator = await house.account(['INVESTIGATOR']);
  approver = await house.account(['APPROVER']);
  auditor = await house.account(['AUDITOR']);
  guard = await house.account(['GUARD']);
  person = await mostSeen();
  onset = new Date(Date.now() - 40 * 3_600_000);
  page = await house.page(investigator);
});
after(() => house?.close());

/** Whoever passed most. */
async function mostSeen() {
  const { passes = [] } = await house.call('PassService', 'ListPasses', { limit: 1000 }, guard);
  const counts = new Map();
  for (const { pass } of passes) if (pass.person) counts.set(pass.person, (counts.get(pass.person) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  const { people } = await house.call('PersonService', 'ListPeople', { query: most }, investigator);
  return people[0];
}

/** A time as the site's clocks show it. */
function atSite(date) {
  return date.toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16);
}

/** Fills the reason in the dialog that is open, and confirms. */
async function because(on, why) {
  const dialog = on.getByRole('dialog').filter({ visible: true }).last();
  await dialog.getByLabel('原因').fill(why);
  await dialog.locator('.ant-modal-footer .ant-btn-primary').click();
}

test('an investigator asks for a case, and cannot look into it before it is approved', async () => {
  await page.goto('/investigation/cases');
  await page.getByText('还没有病例').waitFor();
  await page.getByRole('button', { name: '申请立案' }).click();
  await look(page, 'case-request');
  await page.getByRole('button', { name: '提交申请' }).click();
  assert.equal(await page.getByText('请填写', { exact: true }).count(), 3);

  await page.getByLabel('病例编号').fill(number);
  await page.getByLabel('病例本人').fill(person.dwelling);
  await page.locator('.ant-select-item-option').filter({ hasText: person.name }).first().click();
  await page.getByLabel('事由').fill('确诊病例流调');
  // Neither an onset nor a sample: the server says it at the field.
  allow(page, /status of 400/);
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.locator('.ant-form-item-explain-error').filter({ hasText: '发病日期' }).waitFor();
  assert.equal(await page.getByLabel('病例编号').inputValue(), number);

  await page.getByLabel('发病时间').fill(atSite(onset));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '提交申请' }).click();
  const row = page.getByRole('row').filter({ hasText: number });
  await row.getByText('待批准').waitFor();

  const { cases } = await house.call('CaseService', 'ListCases', {}, investigator);
  id = cases[0].id;
  assert.ok(Math.abs(new Date(cases[0].clinical?.onset ?? onset) - onset) < 60_000, 'the onset is on the clocks of the site');
  const { status } = await house.tryCall('CaseService', 'GetCase', { case: id }, investigator);
  assert.notEqual(status, 200);
  const own = await house.tryCall('CaseService', 'DecideCase', { case: id, approve: true, why: 'x' }, investigator);
  assert.equal(own.status, 403);
});

test('an approver sees what it is about, and approves', async () => {
  const theirs = await house.page(approver);
  await theirs.goto('/investigation/cases');
  await theirs.getByText('待您批准：1 件').waitFor();
  await theirs.getByText('确诊病例流调').first().waitFor();
  await look(theirs, 'case-approve');
  await theirs.getByRole('button', { name: '批准', exact: true }).click();
  await because(theirs, '已核实编号');
  await theirs.getByRole('row').filter({ hasText: number }).getByText('调查中').waitFor();
  assert.equal(await theirs.getByRole('button', { name: '申请立案' }).count(), 0);
});

test('the case is judged, and each contact has its reason', async () => {
  await page.goto('/investigation/cases');
  await page.getByRole('link', { name: number }).click();
  await page.getByRole('button', { name: '重新判定' }).click();
  await because(page, '首次判定');
  await page.locator('.ant-modal-confirm-title').filter({ hasText: '判定完成' }).waitFor();
  await page.locator('.ant-modal-confirm').getByRole('button').click();
  await page.getByRole('tab', { name: /^接触者/ }).click();
  const { contacts } = await house.call('CaseService', 'ListContacts', { case: id }, investigator);
  assert.ok(contacts.length > 0);
  await page.getByText(`共 ${contacts.length} 人`).waitFor();
  await look(page, 'case-contacts');

  await page.getByLabel('姓名、房号、负责人、备注').fill(contacts[0].person.name);
  await page.waitForURL(/find=/);
  await page.getByRole('button', { name: new RegExp(contacts[0].person.name) }).first().click();
  const drawer = page.getByRole('dialog').filter({ hasText: '传播路径' });
  await drawer.waitFor();
  await settled(page);
  await look(page, 'case-contact');
  await drawer.getByRole('button', { name: '改状态' }).click();
  const dialog = page.getByRole('dialog', { name: '改状态' });
  await dialog.getByLabel('处置状态').click();
  await page.locator('.ant-select-item-option').filter({ hasText: /^已通知$/ }).click();
  await because(page, '已电话通知');
  await drawer.getByText('已通知').first().waitFor();
  const { contact } = await house.call('CaseService', 'GetContact', { case: id, contact: contacts[0].id }, investigator);
  assert.equal(contact.status, 'notified');
});

test('movements are drawn, read by keyboard, replayed, and a wrong pass is corrected', async () => {
  await page.goto(`/investigation/cases/${id}`);
  const timeline = page.getByRole('group', { name: /按地点显示的行踪/ });
  await timeline.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(/：.+ 至 .+/).first().waitFor();
  await page.getByRole('button', { name: '播放' }).click();
  await page.getByRole('button', { name: '暂停' }).click();
  await look(page, 'case-movements');

  await page.getByRole('tab', { name: /^通行/ }).click();
  const before = (await house.call('CaseService', 'GetCase', { case: id }, investigator)).movements.passes.length;
  await page.getByRole('button', { name: '不是本人' }).first().click();
  await because(page, '监控回看不是本人');
  await page.getByText('已纠正').waitFor();
  const after = (await house.call('CaseService', 'GetCase', { case: id }, investigator)).movements.passes.length;
  assert.ok(after < before, `${before} passes before, ${after} after`);
});

test('the chain is drawn, and tells the path of whom one chooses', async () => {
  await page.goto(`/investigation/cases/${id}?tab=chain`);
  await page.getByRole('application', { name: /传播链/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.locator('.ant-card').getByText('→').first().waitFor();
  await page.waitForURL(/person=/);
  await look(page, 'case-chain');
});

test('another policy shows who enters and who leaves, and changes nothing', async () => {
  const before = await house.call('CaseService', 'ListContacts', { case: id }, investigator);
  await page.goto(`/investigation/cases/${id}?tab=what-if&policy=shanghai-home`);
  // The columns have the names and versions that the list of policies has.
  const { policies } = await house.call('TracingPolicyService', 'ListTracingPolicies', {}, investigator);
  const named = (ref) => policies.find((policy) => policy.ref.id === ref).name.zh;
  for (const ref of ['nhc-9', 'shanghai-home']) await page.getByRole('columnheader', { name: `${named(ref)} · 自带` }).waitFor();
  await look(page, 'case-what-if');
  const after = await house.call('CaseService', 'ListContacts', { case: id }, investigator);
  assert.equal(after.total, before.total);
});

test('a temperature is entered by keyboard, and a fever is said', async () => {
  await page.goto(`/investigation/cases/${id}?tab=follow-up`);
  const first = page.getByLabel(/的体温$/).first();
  await first.fill('37.8');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: '37.8' }).waitFor();
  const { due } = await house.call('CaseService', 'ListDue', {}, investigator);
  assert.equal(due.filter((d) => d.today?.celsius === 37.8).length, 1);
  await page.locator('.ant-notification-notice-close').click();
  await look(page, 'case-follow-up');
  await page.goto('/investigation/due');
  await page.getByText(/已完成 1 人/).first().waitFor();
  await look(page, 'due');
});

test('the history has the reasons', async () => {
  await page.goto(`/investigation/cases/${id}?tab=history`);
  await page.getByText('已电话通知').first().waitFor();
  await page.getByText('已核实编号').first().waitFor();
  await look(page, 'case-history');
});

/** The files of a ZIP, such as an XLSX, by their names. */
function unzipped(data) {
  const files = new Map();
  const end = data.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = data.readUInt32LE(end + 16);
  for (let n = data.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size, nameLength, extra, comment, local] = [data.readUInt16LE(at + 10), data.readUInt32LE(at + 20), data.readUInt16LE(at + 28), data.readUInt16LE(at + 30), data.readUInt16LE(at + 32), data.readUInt32LE(at + 42)];
    const name = data.toString('utf8', at + 46, at + 46 + nameLength);
    const begin = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    const packed = data.subarray(begin, begin + size);
    files.set(name, (method === 8 ? inflateRawSync(packed) : packed).toString('utf8'));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

test('the report and the tables come as files, and say what the page says', async () => {
  const { contacts } = await house.call('CaseService', 'ListContacts', { case: id }, investigator);
  await page.goto(`/investigation/cases/${id}?tab=export`);
  await page.getByRole('button', { name: '导出' }).click();
  await page.getByText('请填写').waitFor();
  await page.getByLabel('导出用途').fill('上报区疾控');
  const exported = async (format) => {
    await page.getByText(format, { exact: true }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出' }).click()]);
    await page.getByText(`已导出 ${file.suggestedFilename()}`).waitFor();
    return { name: file.suggestedFilename(), path: await file.path(), data: readFileSync(await file.path()) };
  };

  const csv = await exported('CSV');
  assert.match(csv.name, /\.csv$/);
  const rows = csv.data.toString('utf8');
  for (const { person: { name } } of contacts) assert.ok(rows.includes(name), name);
  assert.ok(rows.includes(number), rows.slice(0, 300));

  const xlsx = unzipped((await exported('Excel')).data);
  const cells = [...xlsx].filter(([name]) => /sharedStrings|sheet\d*\.xml$/.test(name)).map(([, text]) => text).join('');
  for (const { person: { name } } of contacts) assert.ok(cells.includes(name), name);

  const json = JSON.parse((await exported('JSON（全部）')).data.toString('utf8'));
  for (const { person: { name } } of contacts) assert.ok(JSON.stringify(json).includes(name), name);

  const report = await exported('流调报告');
  const paper = await (await house.browser()).newPage();
  await paper.setContent(report.data.toString('utf8'));
  const written = await paper.locator('body').innerText();
  for (const { person: { name } } of contacts) assert.ok(written.includes(name), name);
  assert.ok(written.includes(number) && written.includes(person.name));
  assert.equal(await paper.locator('script, link[href], img[src^="http"]').count(), 0, 'the report needs nothing from elsewhere');
  await paper.emulateMedia({ media: 'print' });
  assert.match((await paper.pdf({ format: 'A4' })).subarray(0, 5).toString(), /%PDF-/);
  await paper.close();
  await look(page, 'case-export');
});

test('in English, and on a telephone', async () => {
  const english = await house.page(investigator, { language: 'en' });
  for (const [tab, name] of [['movements', 'case-movements'], ['contacts', 'case-contacts'], ['chain', 'case-chain'], ['what-if&policy=shanghai-home', 'case-what-if'], ['history', 'case-history']]) {
    await english.goto(`/investigation/cases/${id}?tab=${tab}`);
    await english.getByRole('heading', { name: number }).waitFor();
    await look(english, name);
  }
  await english.goto('/investigation/policies?policy=nhc-9');
  await english.getByText('30', { exact: false }).first().waitFor();
  await look(english, 'policies');
  const small = await house.page(investigator, { size: telephone, touch: true });
  for (const [tab, name] of [['movements', 'case-movements'], ['contacts', 'case-contacts'], ['chain', 'case-chain']]) {
    await small.goto(`/investigation/cases/${id}?tab=${tab}`);
    await small.getByRole('heading', { name: number }).waitFor();
    await look(small, `${name}-telephone`);
  }
});

test('a guard sees no case, and the server refuses the calls', async () => {
  const theirs = await house.page(guard);
  for (const path of ['cases', `cases/${id}`, 'due', 'policies']) {
    await theirs.goto(`/investigation/${path}`);
    await theirs.getByText('您的角色不能看这个页面').waitFor();
  }
  for (const [service, method, request] of [['CaseService', 'ListCases', {}], ['CaseService', 'GetCase', { case: id }], ['CaseService', 'ExportCase', { case: id, format: 'csv', purpose: 'x' }], ['TracingService', 'Movements', { person: person.id, case: id }]]) {
    const { status } = await house.tryCall(service, method, request, guard);
    assert.equal(status, 403, method);
  }
});

test('the auditor sees each look and each change, without names', async () => {
  const theirs = await house.page(auditor);
  for (const action of ['case.request', 'case.decide', 'case.show', 'case.judge', 'case.contact', 'case.status', 'case.export', 'case.what_if', 'case.trace']) {
    await theirs.goto(`/auditor/audit?action=${action}`);
    await theirs.locator(`td a[href*="action=${action}"]`).first().waitFor();
  }
  await theirs.goto(`/auditor/audit?action=case.show&subject=${id}`);
  await theirs.locator(`td a[href*="${investigator.name}"]`).first().waitFor();
  assert.equal(await theirs.getByText(person.name).count(), 0);
});

test('the case is closed, and opened again by two people', async () => {
  await page.goto(`/investigation/cases/${id}`);
  await page.getByRole('button', { name: '延期' }).click();
  const until = new Date(Date.now() + 60 * 86_400_000);
  await page.getByRole('dialog', { name: /延期/ }).getByLabel('有效期至').fill(atSite(until).slice(0, 10));
  await page.keyboard.press('Enter');
  await because(page, '还要随访');
  await page.getByText('已提交延期').waitFor();
  await page.getByText(atSite(until).slice(0, 10)).first().waitFor();
  await page.getByRole('button', { name: '结案', exact: true }).click();
  await because(page, '流调完成');
  await page.getByText('已结案').first().waitFor();
  await page.getByRole('button', { name: '重新开启' }).click();
  await because(page, '需要补充');
  await page.getByText('等待批准').first().waitFor();
  const { status } = await house.tryCall('CaseService', 'GetCase', { case: id }, investigator);
  assert.equal(status, 403);
  const theirs = await house.page(approver);
  await theirs.goto('/investigation/cases');
  await theirs.getByRole('button', { name: '不批准' }).click();
  await because(theirs, '没有必要');
  // What was closed before it was asked for again is closed.
  await theirs.getByRole('row').filter({ hasText: number }).getByText('已结案').waitFor();
});
