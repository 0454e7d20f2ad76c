// A guard's story over a lost connection: what is entered is kept, also over a reload, sent when Menshen is back, and there once.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { allow, look, openHouse, tablet, until } from './harness.mjs';

const house = await openHouse();
after(() => house.close());
const guard = await house.account(['GUARD']);
const office = await house.account(['OFFICE']);
const { site } = await house.call('SiteService', 'GetSite', {}, guard);
const gate = site.gates.find((one) => one.from === 'outside');
const { people } = await house.call('PersonService', 'ListPeople', { limit: 200 }, guard);
const [resident, doubtful, host] = people.filter((person) => person.dwelling);
await house.call('CredentialService', 'IssueCredential', { person: resident.id, kind: 'card', card: 'L0000001' }, office);
await house.call('CredentialService', 'IssueCredential', { person: doubtful.id, kind: 'card', card: 'L0000002' }, office);
const show = (card) => house.call('GuardService', 'Present', { gate: gate.id, direction: 'DIRECTION_IN', kind: 'card', value: card, reader: 'reader-1' }, guard);
const kept = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('menshen.guard.outbox') ?? '[]'));

async function openConsole(language = 'zh-CN') {
  const page = await house.page(guard, { language, size: tablet });
  allow(page, /./); // what cannot be reached is an error of the browser too
  await page.goto(`/guard/console?gate=${gate.id}`);
  await page.locator('[data-pass]', { hasText: resident.name }).first().waitFor();
  return page;
}

test('what is entered while Menshen is away survives a reload and is there once', async () => {
  await show('L0000001');
  const page = await openConsole();
  await house.stop();
  await page.getByText(/连接中断，\d+ 秒后重试/).waitFor();
  await page.getByRole('button', { name: `为${resident.name}记录体温 °C` }).or(page.getByRole('button', { name: '测温' })).first().click();
  await page.getByRole('dialog').getByRole('button', { name: '37.6', exact: true }).click();
  await page.getByText('连接中断：办公室还没有收到').waitFor();
  await page.getByRole('button', { name: '知道了' }).click();
  await page.getByRole('button', { name: '登记访客' }).click();
  await page.getByRole('textbox', { name: '姓名', exact: true }).fill('韩梅梅');
  await page.getByLabel('手机号').fill('13800001111');
  await page.getByLabel('找谁').fill(host.dwelling);
  await page.getByRole('spinbutton').fill('36.5');
  await page.getByRole('button', { name: /^登\s?记$/ }).click();
  await page.getByText('2 项已暂存在本机').waitFor();
  // A call for help says at once that it has not gone out, and goes before everything else later.
  await page.getByRole('button', { name: /呼叫支援$/ }).click();
  await page.getByRole('button', { name: `呼叫支援：${gate.name.zh}` }).click();
  const unsent = page.getByRole('alert').filter({ hasText: `${gate.name.zh}的支援请求没有发出` });
  await unsent.getByText('办公室还不知道：请立即打电话').waitFor();
  await page.getByText('3 项已暂存在本机').waitFor();
  await look(page, 'guard-lost');
  const before = await kept(page);
  assert.deepEqual(before.map((entry) => entry.kind), ['help', 'temperature', 'visit']);
  // Called some minutes ago.
  before[0].at -= 5 * 60_000;
  await page.evaluate((entries) => localStorage.setItem('menshen.guard.outbox', JSON.stringify(entries)), before);
  await house.restart();
  await page.reload();
  await page.getByText('项已暂存在本机').waitFor({ state: 'detached' });
  await until(async () => (await kept(page)).length === 0, 'what was kept is not sent');
  const counted = async () => [
    (await house.call('HealthService', 'ListTemperatures', { person: resident.id }, office)).temperatures?.length ?? 0,
    (await house.call('VisitService', 'ListVisits', {}, guard)).visits?.length ?? 0,
  ];
  assert.deepEqual(await counted(), [1, 1]);
  const called = new Date(before[0].at);
  const minute = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' }).format(called);
  await page.getByText(new RegExp(`${gate.name.zh} ${minute}:\\d\\d 的支援请求，办公室现在才收到`)).waitFor();
  const help = async () => (await house.call('SiteService', 'GetStatus', {}, guard)).conditions.filter((one) => one.id === `help:${gate.id}`);
  const [alerted] = await help();
  assert.equal(Math.trunc(Date.parse(alerted.since) / 1000), Math.trunc(before[0].at / 1000));
  assert.match(alerted.meaning.zh, new RegExp(`^出入口${gate.name.zh}请求支援（.*${minute}呼叫，因连接中断迟到）$`));
  // Sent a second time, as after an answer that was lost on the way.
  await page.evaluate((entries) => localStorage.setItem('menshen.guard.outbox', JSON.stringify(entries)), before);
  await page.reload();
  await until(async () => (await kept(page)).length === 0, 'what was kept is not sent');
  assert.deepEqual(await counted(), [1, 1]);
  await page.close();
});

test('an answer that was lost on the way is given once; one that is too late opens nothing', async () => {
  await house.call('HealthService', 'SetHealthCode', { person: doubtful.id, code: 'yellow', source: 'story' }, office);
  const page = await openConsole('en');
  await until(async () => (await show('L0000002')).outcome === 'OUTCOME_REVIEW', 'a yellow code is not reviewed');
  const answer = page.getByRole('button', { name: new RegExp(`It is ${doubtful.name}`) });
  await answer.waitFor();
  // The answer reaches Menshen, and what it says is lost.
  let lost = 0;
  await page.route('**/menshen.v1.GuardService/Answer', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await answer.click();
  await page.getByText(new RegExp(`Sent what was kept: answer, ${doubtful.name}`)).waitFor();
  assert.equal(lost, 2);
  const { passes } = await house.call('PassService', 'ListPasses', { gate: gate.id, limit: 50 }, guard);
  assert.equal(passes.filter((view) => view.pass.person === doubtful.id && view.pass.means === 'MEANS_GUARD').length, 1);

  await page.evaluate((pass) => localStorage.setItem('menshen.guard.outbox', JSON.stringify([
    { kind: 'answer', id: '019505aa-0000-7000-8000-000000000000', who: 'somebody', pass, allow: true, person: '', until: Date.now() - 1000 },
  ])), `${gate.id}:1`);
  await page.reload();
  await page.getByText('Not done: the answer about somebody is too old').waitFor();
  assert.deepEqual(await kept(page), []);
  await page.close();
});

test('a call for help that nobody answers says so before it is given up', async () => {
  const page = await openConsole('en');
  let answer;
  await page.route('**/menshen.v1.GuardService/Annotate', (route) => (answer = () => route.continue()));
  await page.getByRole('button', { name: /Call for help$/ }).click();
  await page.getByRole('button', { name: `Call for help at ${gate.name.en}` }).click();
  await page.getByText(`The call for help at ${gate.name.en} has NOT gone out`).waitFor();
  await answer();
  await page.getByText(`Help was called to ${gate.name.en}; the office has it`).waitFor();
  await page.getByText(/has NOT gone out/).waitFor({ state: 'detached' });
  assert.deepEqual(await kept(page), []);
  await page.close();
});

test('without a network the page says so, and catches up', async () => {
  const page = await openConsole('en');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: `Temperature of ${resident.name} °C` }).or(page.getByRole('button', { name: 'Temperature', exact: true })).first().click();
  await page.getByRole('dialog').getByRole('button', { name: '36.5', exact: true }).click();
  await page.getByText(/1 kept on this device/).waitFor();
  await page.context().setOffline(false);
  await page.getByText(/Sent what was kept: temperature/).waitFor();
  await page.getByText(/kept on this device/).waitFor({ state: 'detached' });
  await page.close();
});
