// The office's story: permits for one and for many, printed and revoked; who is under observation and their temperatures; a
// table of five thousand rows, tried first; a questionnaire that a resident answers on a telephone; why somebody may not pass.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { allow, assertAccessible, look, openHouse, patience, telephone, until } from './harness.mjs';

const house = await openHouse();
after(() => house.close());
const office = await house.account(['OFFICE']);
const { people } = await house.call('PersonService', 'ListPeople', { limit: 1000 }, office);
const residents = people.filter((p) => p.dwelling && (p.state ?? 'active') === 'active' && people.filter((other) => other.name === p.name).length === 1);

/** Chooses somebody in the field of a form that finds people. */
async function choose(page, label, person) {
  const field = page.getByLabel(label, { exact: true }).last();
  await field.click();
  await field.fill(person.name);
  await page.locator('.ant-select-item-option', { hasText: person.name }).first().click();
}

test('a permit is issued, printed, and never looks valid once it is revoked', { timeout: 3 * patience }, async () => {
  const page = await house.page(office);
  allow(page, /409/);
  await page.goto('/office/permits');
  await page.getByText('没有符合条件的出入证').or(page.getByText('还没有出入证')).first().waitFor();
  await page.getByRole('button', { name: '签发出入证' }).click();
  const dialog = page.getByRole('dialog');
  await choose(page, '持证人', residents[0]);
  // A temporary permit without an end is refused where the end is.
  await dialog.getByText('临时证').click();
  await dialog.getByRole('button', { name: '签发' }).click();
  await dialog.getByText('临时证要有截止日').waitFor();
  await dialog.getByText('居民证').click();
  await dialog.getByLabel('时段').fill('8点到20点');
  await dialog.getByRole('button', { name: '签发' }).click();
  await dialog.getByText('请写成 08:00-20:00').waitFor();
  await dialog.getByLabel('时段').fill('06:00-23:00');
  await look(page, 'permits-issue');
  await dialog.getByRole('button', { name: '签发' }).click();
  await page.getByRole('button', { name: '打印这张证' }).click();
  const sheet = page.frameLocator('iframe');
  await sheet.getByText(residents[0].name).waitFor();
  await sheet.getByAltText('QR').waitFor();
  await look(page, 'permits-sheet');
  await page.locator('.ant-modal-footer').getByRole('button', { name: '关闭' }).click();

  // The same again is refused by the registry, at the holder.
  await page.getByRole('button', { name: '签发出入证' }).click();
  await choose(page, '持证人', residents[0]);
  await page.getByRole('dialog').getByRole('button', { name: '签发' }).click();
  await page.getByRole('dialog').locator('.ant-form-item-explain-error').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();

  await page.getByRole('button', { name: `为 ${residents[0].name} 续期` }).click();
  await page.getByRole('dialog').getByRole('button', { name: '续期' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('tbody').getByText(residents[0].name).waitFor();

  await page.getByRole('button', { name: `吊销 ${residents[0].name} 的出入证` }).click();
  await page.getByLabel('原因').fill('搬走了');
  await page.getByRole('dialog').getByRole('button', { name: '吊销' }).click();
  await page.locator('tbody').getByText(residents[0].name).waitFor({ state: 'detached' });
  await page.getByRole('radiogroup', { name: '状态' }).getByText('已吊销').click();
  await page.locator('tbody').getByText('吊销：搬走了').waitFor();
  assert.equal(await page.locator('tbody').getByText('有效', { exact: true }).count(), 0);
});

test('a building gets its permits at once, with a result for each', { timeout: 3 * patience }, async () => {
  const page = await house.page(office);
  allow(page, /409/);
  await page.goto('/office/permits/batch');
  const building = residents[0].dwelling.split('-')[0];
  await page.getByLabel('整栋楼或单元').last().fill(building);
  await page.getByRole('button', { name: '列出人员' }).click();
  const go = page.getByRole('button', { name: /^签发 \d+ 张$/ });
  await go.waitFor();
  const count = Number((await go.textContent()).match(/\d+/)[0]);
  assert.equal(count, people.filter((p) => p.dwelling?.startsWith(`${building}-`) && (p.state ?? 'active') === 'active').length);
  await look(page, 'permits-batch');
  await go.click();
  await page.getByRole('dialog').getByRole('button', { name: '签发' }).click();
  const print = page.getByRole('button', { name: /^打印已签发的 \d+ 张$/ });
  await print.waitFor();
  await look(page, 'permits-batch-done');
  await print.click();
  await page.frameLocator('iframe').locator('.sheet').first().waitFor();
  assert.equal(await page.frameLocator('iframe').locator('.sheet').count(), Number((await print.textContent()).match(/\d+/)[0]));
  await page.locator('.ant-modal-footer').getByRole('button', { name: '关闭' }).click();
  // Once more: each is refused, with the reason.
  await page.getByRole('button', { name: '再来一批' }).click();
  await page.getByLabel('整栋楼或单元').last().fill(building);
  await page.getByRole('button', { name: '列出人员' }).click();
  await go.click();
  await page.getByRole('dialog').getByRole('button', { name: '签发' }).click();
  await page.getByText(`签发 0 张，${count} 张没有签发`).waitFor();
});

test('several permits are revoked at once, with one reason', { timeout: 2 * patience }, async () => {
  const page = await house.page(office);
  await page.goto('/office/permits');
  const rows = page.locator('tbody tr.ant-table-row');
  await rows.first().waitFor();
  const chosen = await rows.evaluateAll((all) => all.slice(0, 2).map((row) => row.dataset.rowKey));
  const row = (id) => page.locator(`tbody tr[data-row-key="${id}"]`);
  const listed = async (status) => (await house.call('PermitService', 'ListPermits', { status, limit: 1000 }, office)).permits;
  const before = await listed('valid');
  const names = chosen.map((id) => before.find(({ permit }) => permit.id === id).name);
  for (const id of chosen) await row(id).getByRole('checkbox').check();
  await page.getByText('已选 2 张').waitFor();
  await page.getByRole('button', { name: '吊销所选 2 张' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(names.join('、')).waitFor();
  await dialog.getByRole('button', { name: '吊销' }).click();
  await dialog.getByText('请写明原因，会留存备查。').waitFor();
  await dialog.getByLabel('原因').fill('证件遗失');
  await look(page, 'permits-revoke-some');
  await dialog.getByRole('button', { name: '吊销' }).click();
  await dialog.waitFor({ state: 'detached' });
  for (const id of chosen) await row(id).waitFor({ state: 'detached' });
  assert.equal((await listed('valid')).length, before.length - 2);
  assert.deepEqual((await listed('revoked')).filter(({ permit }) => permit.revokedFor === '证件遗失').map(({ permit }) => permit.id).sort(), chosen.sort());
});

test('temperatures are entered down the list', { timeout: 3 * patience }, async () => {
  const day = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
  const observed = residents.slice(-4);
  for (const [i, p] of observed.entries()) {
    await house.call('HealthService', 'SetHealth', { person: p.id, state: i === 3 ? 'monitoring' : 'observation', since: day(i === 2 ? 15 : 3), reason: '从外地返回' }, office);
    for (const back of [3, 2, 1]) await house.call('HealthService', 'RecordTemperature', { person: p.id, celsius: 36.2 + back / 10 + (i === 1 ? 0.9 : 0), source: 'self', at: day(back) }, office);
  }
  const page = await house.page(office);
  await page.goto('/office/health');
  await page.getByText('第 4 天，共 14 天').first().waitFor();
  await page.getByText('1 人的观察期已满').waitFor();
  await page.getByRole('img', { name: new RegExp(`${observed[1].name}最近的体温：37.4 37.3 37.2`) }).waitFor();
  const fields = page.locator('input[data-temperature]');
  const names = await fields.evaluateAll((inputs) => inputs.map((input) => input.getAttribute('aria-label')));
  await look(page, 'observation');
  await fields.first().focus();
  await page.keyboard.type('365');
  await page.keyboard.press('Enter');
  await until(() => page.evaluate((label) => document.activeElement?.getAttribute('aria-label') === label, names[1]), 'Enter does not go to the next person');
  await page.keyboard.type('38.1');
  await page.keyboard.press('Enter');
  await page.getByText(/38\.1 ℃，发热/).waitFor();
  await page.keyboard.type('99');
  await page.keyboard.press('Enter');
  await page.getByText('体温应在 30 到 45 ℃ 之间').waitFor();
  await look(page, 'observation-fever');
  // On paper there is the list without what is for the screen.
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: '加入名单' }).isVisible(), false);
  assert.ok(await page.getByText('第 4 天，共 14 天').first().isVisible());
  await look(page, 'observation-paper');
  await page.emulateMedia({ media: 'screen' });

  // Their health code.
  await page.getByRole('button', { name: `更改${observed[0].name}的状态` }).click();
  await page.getByRole('menuitem', { name: '健康码' }).click();
  const code = page.getByRole('dialog', { name: `${observed[0].name}的健康码` });
  await code.getByLabel('健康码', { exact: true }).click();
  await page.locator('.ant-select-item-option').filter({ hasText: /^红码$/ }).click();
  await code.getByLabel('在哪里看到的').fill('北京健康宝');
  await look(page, 'observation-code');
  await code.getByRole('button', { name: '保存' }).click();
  await code.waitFor({ state: 'detached' });
  await page.locator('tbody tr', { hasText: observed[0].name }).getByText('红码').waitFor();
  const { people: coded } = await house.call('HealthService', 'ListHealth', {}, office);
  assert.equal(coded.find(({ health }) => health.person === observed[0].id).health.code, 'red');

  await page.getByRole('button', { name: `解除观察：${observed[2].name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: '解除观察' }).click();
  await page.getByRole('button', { name: `解除观察：${observed[2].name}` }).waitFor({ state: 'detached' });
});

test('five thousand pasted rows are tried, then taken', { timeout: 4 * patience }, async () => {
  const page = await house.page(office);
  await page.goto('/office/imports');
  const rows = ['姓名\t住址\t电话'];
  for (let i = 0; i < 5000; i++) rows.push(i % 100 === 7 ? `赵${i}\t3-2-14\t` : `住户${i}\t${60 + Math.floor(i / 400)}-1-${1 + (Math.floor(i / 4) % 20)}-${1000 + Math.floor(i / 4)}\t139${String(10_000_000 + i)}`);
  const field = page.getByLabel('粘贴表格');
  await field.focus();
  await field.evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, rows.join('\r\n'));
  await page.getByText('粘贴的表格：5000 行').waitFor();
  await look(page, 'import-pasted');
  await page.getByRole('button', { name: '试运行' }).click();
  await page.getByText('试运行结果').waitFor();
  await page.getByText('新增 4950').waitFor();
  await page.getByText('拒绝 50').waitFor();
  await page.getByText('写成 3-2-14-1402').or(page.getByText(/3-2-14-1402/)).first().waitFor();
  assert.ok((await page.locator('.ant-table-row').count()) < 100, 'all rows are drawn');
  await look(page, 'import-tried');
  assert.equal((await house.call('PersonService', 'ListPeople', { query: '住户1' }, office)).people ?? 0, 0, 'the trial kept somebody');

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载被拒绝的行' }).click();
  const file = await (await saved).createReadStream();
  let text = '';
  for await (const piece of file) text += piece;
  assert.match(text, /^\uFEFF姓名,住址,电话,说明,怎么办\r\n赵7,3-2-14,,/);
  assert.equal(text.trim().split('\r\n').length, 51);

  await page.getByRole('button', { name: '正式导入 4950 行' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '正式导入 4950 行' }).click();
  await page.getByText('导入结果').waitFor();
  const found = await house.call('PersonService', 'ListPeople', { query: '住户4999' }, office);
  assert.equal(found.people?.[0]?.name, '住户4999');
});

test('a resident answers a questionnaire on a telephone, and the rules follow', { timeout: 3 * patience }, async () => {
  const page = await house.page(office);
  const person = residents[1];
  allow(page, /400/);
  await page.goto('/office/forms?form=returnee&tab=send');
  await choose(page, '发给谁', person);
  await page.getByRole('button', { name: '生成链接' }).click();
  const link = page.locator('a[href*="/l/"]');
  await link.waitFor();
  await look(page, 'form-link');
  const address = new URL(await link.getAttribute('href')).pathname;

  const phone = await house.page(undefined, { size: telephone, touch: true });
  await phone.goto(address);
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' });
  await phone.locator('[name="return-date"]').fill(today);
  await phone.locator('[name="came-from"]').fill('武汉');
  for (const question of ['abroad', 'contact']) await phone.locator(`[name="${question}"][value="no"]`).check();
  const symptoms = phone.locator('[name="symptoms"]').first();
  if ((await symptoms.evaluate((element) => element.tagName)) === 'SELECT') await symptoms.selectOption('none');
  else await phone.locator('[name="symptoms"][value="none"]').check();
  await assertAccessible(phone);
  await phone.locator('button[type="submit"]').click();
  await phone.getByText(/居家观察/).first().waitFor();

  await page.goto('/office/forms?form=returnee');
  const row = page.locator('tbody tr', { hasText: person.name });
  await row.getByText('居家观察').first().waitFor();
  await row.getByText('本人（链接）').waitFor();
  await row.getByRole('button').first().click();
  await page.getByText('武汉').waitFor();
  await look(page, 'form-answers');

  // An edit is checked before it is kept.
  await page.goto('/office/forms?form=returnee&tab=edit');
  const text = page.getByLabel('问卷内容（YAML）');
  const yaml = await text.inputValue();
  await text.fill(yaml.replace('kind: date', 'kind: dato'));
  await page.getByRole('button', { name: '检查和预览' }).click();
  await page.getByRole('alert').filter({ hasText: 'dato' }).waitFor();
  await text.fill(yaml.replace('返回日期', '何时返回'));
  await page.getByRole('button', { name: '检查和预览' }).click();
  await page.getByText('保存后为第 2 版').waitFor();
  await look(page, 'form-edit');
});

test('why somebody may not pass is told', { timeout: 2 * patience }, async () => {
  const page = await house.page(office);
  await page.goto('/office/rules');
  await choose(page, '人员', residents.at(-4));
  const gate = page.getByLabel('出入口', { exact: true });
  await gate.click();
  await gate.press('Enter');
  await page.getByRole('button', { name: '查一下' }).click();
  await page.getByText('不放行').first().waitFor();
  await look(page, 'rules-check');
});

test('returnees come in as a table, people go out as one', { timeout: 3 * patience }, async () => {
  const page = await house.page(office);
  await page.goto('/office/imports?tab=returnees');
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' });
  const back = residents[2];
  await page.getByLabel('粘贴表格').fill(`姓名\t住址\t返京日期\t来自\n${back.name}\t${back.dwelling}\t${today}\t上海\n某人\t1-1-1-109\t没有\t`);
  await page.getByRole('button', { name: '2 行 →' }).click();
  await page.getByRole('button', { name: '试运行' }).click();
  await page.getByText('列入观察 1').waitFor();
  await page.getByText('拒绝 1').waitFor();
  await page.getByRole('button', { name: '正式导入 1 行' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '正式导入 1 行' }).click();
  await page.getByText('导入结果').waitFor();
  const { people: listed } = await house.call('HealthService', 'ListHealth', { state: 'observation' }, office);
  assert.ok(listed.some((one) => one.health.person === back.id));

  await page.getByRole('tab', { name: '导出人员表' }).click();
  await page.getByLabel('包含完整证件号码').check();
  await page.getByRole('button', { name: '导出 CSV' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: '导出 CSV' }).click();
  assert.match((await saved).suggestedFilename(), /\.csv$/);
});

test('the office answers a visit for a host on the telephone', { timeout: 2 * patience }, async () => {
  const guard = await house.account(['GUARD']);
  const [asking, unwanted] = ['钱多多', '孙大圣'];
  const links = [];
  for (const [i, name] of [asking, unwanted].entries()) links.push((await house.call('VisitService', 'RegisterVisit', { name, particulars: { phone: `1380000222${i}` }, host: residents[0].id, reason: '送材料', gate: 'east', celsius: 36.4 }, guard)).link);
  // The host has not opened the link; it could be read.
  const phone = await house.page(undefined, { size: telephone, touch: true });
  await phone.goto(new URL(links[0], house.url).pathname);
  await phone.getByRole('button').first().waitFor();
  await assertAccessible(phone);
  await phone.close();
  const page = await house.page(office);
  await page.goto('/office/visits');
  const row = (name) => page.locator('tbody tr', { hasText: name });
  await row(asking).getByText('等待答复').waitFor();
  await row(asking).getByRole('button', { name: '代住户同意' }).click();
  await look(page, 'visits-answer');
  await page.getByRole('tooltip').getByRole('button', { name: /确\s*定/ }).click();
  const code = page.getByRole('dialog').filter({ hasText: asking });
  await code.waitFor();
  await look(page, 'visits-code');
  await page.keyboard.press('Escape');
  await code.waitFor({ state: 'hidden' });
  await row(asking).getByText('已同意').waitFor();
  await row(unwanted).getByRole('button', { name: '代住户拒绝' }).click();
  await page.getByRole('tooltip').filter({ hasText: unwanted }).getByRole('button', { name: /确\s*定/ }).click();
  await row(unwanted).getByText('已拒绝').waitFor();
  const { visits } = await house.call('VisitService', 'ListVisits', {}, office);
  assert.deepEqual([asking, unwanted].map((name) => visits.find((view) => view.visitorName === name).visit.state), ['confirmed', 'refused']);
});

test('a parcel is taken and handed over', { timeout: 2 * patience }, async () => {
  const page = await house.page(office);
  await page.goto('/office/visits?tab=deliveries');
  await page.getByRole('button', { name: '登记快递' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('住址').fill(residents[0].dwelling);
  await dialog.getByLabel('物品').fill('纸箱');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('tbody').getByText('纸箱').waitFor();
  await look(page, 'deliveries');
  await page.getByRole('button', { name: '交付' }).click();
  await page.getByLabel('取件人').fill(residents[0].name);
  await page.getByRole('dialog').getByRole('button', { name: '交付' }).click();
  await page.locator('tbody').getByText('纸箱').waitFor({ state: 'detached' });
});

test('every page is there in English', { timeout: 4 * patience }, async () => {
  const page = await house.page(office, { language: 'en' });
  for (const [address, heading, name] of [
    ['/office/permits?state=all', 'Permits', 'permits'],
    ['/office/permits/batch', 'Issue many permits', 'permits-batch'],
    ['/office/health', 'Observation list', 'observation'],
    ['/office/forms?form=returnee', 'Questionnaires', 'form-answers'],
    ['/office/imports', 'Import, export', 'imports'],
    ['/office/visits', 'Visitors', 'visits'],
    ['/office/rules?tab=text', 'Gate rules', 'rules'],
  ]) {
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await look(page, name);
  }
  const narrow = await house.page(office, { size: telephone, touch: true });
  for (const [address, name] of [['/office/permits?state=all', 'permits-narrow'], ['/office/health', 'observation-narrow']]) {
    await narrow.goto(address);
    await narrow.getByRole('heading', { level: 1 }).waitFor();
    await look(narrow, name);
    assert.ok(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${address} is wider than the screen`);
  }
});

test('a person is given their passes once somebody else approved it', { timeout: 3 * patience }, async () => {
  const approver = await house.account(['APPROVER']);
  const both = await house.account(['OFFICE', 'APPROVER']);
  const person = residents[1];
  const page = await house.page(office, { language: 'en' });
  await page.goto(`/office/people/${person.id}`);
  await page.getByRole('button', { name: 'Give them their data' }).click();
  const dialog = page.getByRole('dialog');
  const saved = async (button, name) => {
    const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
    const path = join(house.folder, name);
    await file.saveAs(path);
    return readFileSync(path);
  };
  await dialog.getByRole('button', { name: 'Ask for the passes' }).click();
  await dialog.locator('.ant-form-item-explain-error').first().waitFor();
  await dialog.getByLabel('how they showed who they are').fill('In person, with their card');
  await assertAccessible(page);
  await look(page, 'office-person-pack-passes');
  await dialog.getByRole('button', { name: 'Ask for the passes' }).click();
  await dialog.getByText('Waits for approval').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Download with passes' }).count(), 0);

  // Two wait, and one of them is the approver's own.
  const own = (await house.call('RegistryService', 'RequestPack', { person: residents[2].id, askedBy: 'By telephone' }, both)).request;
  const theirs = await house.page(both, { language: 'en' });
  await theirs.goto('/office/packs');
  await theirs.getByText('Waiting for approval (2)').waitFor();
  await theirs.getByText('somebody else must approve').waitFor();
  assert.equal(await theirs.getByRole('button', { name: 'Approve it' }).count(), 1);
  const { status } = await house.tryCall('RegistryService', 'DecidePack', { request: own.id, approve: true, why: 'x' }, both);
  assert.equal(status, 403);

  const second = await house.page(approver, { language: 'en' });
  await second.goto('/office/packs');
  await second.getByText('In person, with their card').first().waitFor();
  await assertAccessible(second);
  await look(second, 'office-packs', { full: true });
  const refused = second.locator('form', { has: second.locator(`[id="decide-${own.id}_why"]`) });
  await refused.getByRole('button', { name: 'Refuse it' }).click();
  await refused.locator('.ant-form-item-explain-error').first().waitFor();
  await refused.getByLabel('Reason of the decision').fill('Nobody knows who called');
  await refused.getByRole('button', { name: 'Refuse it' }).click();
  await second.getByText('Waiting for approval (1)').waitFor();
  await second.getByLabel('Reason of the decision').fill('The card was seen');
  await second.getByRole('button', { name: 'Approve it' }).click();
  await second.getByText('Waiting for approval').waitFor({ state: 'detached' });

  await page.reload();
  await page.getByRole('button', { name: 'Give them their data' }).click();
  await dialog.getByText('The card was seen').waitFor();
  await look(page, 'office-person-pack-approved');
  const take = dialog.getByRole('button', { name: 'Download with passes' });
  const whole = await saved(take, 'whole.zip');
  await dialog.getByText(', 2 left').waitFor();
  await dialog.getByLabel('Who asked').fill('Themselves');
  const part = await saved(dialog.getByRole('button', { name: 'Make and download' }), 'part.zip');
  assert.equal(whole.subarray(0, 2).toString() + part.subarray(0, 2).toString(), 'PKPK');
  assert.ok(whole.length > part.length, `${whole.length} bytes with passes, ${part.length} without`);
});
