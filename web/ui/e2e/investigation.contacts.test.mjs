// What is done about contacts: by hand, on a telephone, after a session ended, and by whoever keeps the policies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { allow, assertAccessible, look, nextCode, openHouse, settled, telephone, until } from './harness.mjs';

const number = '朝疾控2026-201';
let house, investigator, approver, page, id, contacts, strangers;

before(async () => {
  house = await openHouse({ people: 120, days: 4 });
  investigator = await house.account(['INVESTIGATOR']);
  approver = await house.account(['APPROVER']);
  const guard = await house.account(['GUARD']);
  const { passes } = await house.call('PassService', 'ListPasses', { limit: 1000 }, guard);
  const index = mostMet(passes.map(({ pass }) => pass).filter((pass) => pass.person));
  id = await opened(number, index);
  await house.call('CaseService', 'JudgeCase', { case: id, why: '首次判定' }, investigator);
  ({ contacts } = await house.call('CaseService', 'ListContacts', { case: id }, investigator));
  assert.ok(contacts.length >= 4, `${contacts.length} contacts are too few for what follows`);
  const involved = new Set([index, ...contacts.map((of) => of.person.id)]);
  strangers = [...new Set(passes.map(({ pass }) => pass.person))].filter((person) => person && !involved.has(person));
  page = await house.page(investigator);
});
after(() => house?.close());

/** Who of these passes went through a gate with the most others, half a minute apart or less, since the illness can be passed on. */
function mostMet(passes) {
  const since = Date.now() - 40 * 3_600_000;
  const met = new Map(passes.map((pass) => [pass.person, new Set()]));
  const times = passes.map((pass) => ({ ...pass, at: new Date(pass.captured).getTime() })).filter((pass) => pass.at > since);
  for (const one of times) {
    for (const other of times) {
      if (one.person !== other.person && one.gate === other.gate && Math.abs(one.at - other.at) <= 30_000) met.get(one.person).add(other.person);
    }
  }
  return [...met].sort((a, b) => b[1].size - a[1].size)[0][0];
}

/** A case that somebody else approved. */
async function opened(named, person, more = {}) {
  const { case: asked } = await house.call('CaseService', 'RequestCase', { number: named, person, purpose: '流调', clinical: { onset: new Date(Date.now() - 40 * 3_600_000).toISOString() }, ...more }, investigator);
  await house.call('CaseService', 'DecideCase', { case: asked.id, approve: true, why: '已核实' }, approver);
  return asked.id;
}

/** Opens what is done about a contact, and gives its place. */
async function contact(of, on = page) {
  await on.goto(`/investigation/cases/${id}?tab=contacts&withdrawn=yes&contact=${of.id}`);
  const drawer = on.locator('.ant-drawer').filter({ hasText: '传播路径' });
  await drawer.getByRole('button', { name: '改状态' }).waitFor();
  return drawer;
}

/** Opens the dialog of a button of a place. */
async function dialog(place, button, name = button) {
  await place.getByRole('button', { name: button, exact: true }).click();
  return place.page().getByRole('dialog', { name, exact: true });
}

/** Chooses from a list in a dialog, and sees that it stands in the field. */
async function choose(form, label, option) {
  await form.getByLabel(label, { exact: true }).click();
  const chosen = form.page().locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option').filter({ hasText: option }).first();
  const words = (await chosen.innerText()).trim();
  await chosen.click();
  await form.locator('.ant-form-item').filter({ has: form.page().getByLabel(label, { exact: true }) }).locator('.ant-select').getByText(words, { exact: true }).waitFor();
}

/** Gives the reason, and confirms. */
async function because(form, why) {
  await form.getByLabel('原因').fill(why);
  await form.locator('.ant-modal-footer .ant-btn').last().click();
  await form.waitFor({ state: 'hidden' });
}

const now = async (of) => (await house.call('CaseService', 'GetContact', { case: id, contact: of.id }, investigator)).contact;

test('status, owner, level, days and tests of a contact are changed, each with its reason', async () => {
  const drawer = await contact(contacts[0]);
  let form = await dialog(drawer, '改状态');
  // What it is already is neither chosen nor to be chosen: the server would refuse it.
  await form.getByLabel('处置状态', { exact: true }).click();
  const statuses = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');
  await statuses.first().waitFor();
  assert.deepEqual(await statuses.allInnerTexts(), ['已通知', '居家观察', '集中隔离', '已解除']);
  assert.equal(await form.getByText('待通知').count(), 0);
  await page.keyboard.press('Escape');
  await choose(form, '处置状态', /^居家观察$/);
  // Without a reason nothing changes.
  await form.locator('.ant-modal-footer .ant-btn').last().click();
  await form.getByText('请写明原因').waitFor();
  await because(form, '已上门');
  form = await dialog(drawer, '负责人');
  await form.getByLabel('负责人').fill('张医生');
  await because(form, '分派');
  form = await dialog(drawer, '改级别');
  await choose(form, '级别', /^一般接触者$/);
  await because(form, '全程戴口罩');
  form = await dialog(drawer, '登记检测');
  await form.getByLabel('采样时间').fill(new Date(Date.now() - 3_600_000).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16));
  await page.keyboard.press('Enter');
  await choose(form, '结果', /^阳性$/);
  await because(form, '送检');
  await page.locator('.ant-modal-confirm').getByRole('button').click();
  await drawer.getByText('一般接触者').first().waitFor();
  await drawer.getByText('张医生').waitFor();
  const after = await now(contacts[0]);
  assert.deepEqual([after.status, after.owner, after.level, after.fixed], ['home_observation', '张医生', 'general', ['level']]);
  await look(page, 'contact-changed');
});

test('a note survives the end of the session in the middle of it', async () => {
  allow(page, /status of 401/);
  const drawer = await contact(contacts[1]);
  const form = await dialog(drawer, '备注');
  await form.getByLabel('备注').fill('独居，怕狗，电话打两次');
  await form.getByLabel('原因').fill('电话里说的');
  await page.context().clearCookies();
  await form.locator('.ant-modal-footer .ant-btn').last().click();
  const again = page.getByRole('dialog').filter({ hasText: '登录已过期' });
  await again.getByLabel('密码').fill(investigator.password);
  await look(page, 'contact-note-session-ended');
  await again.getByRole('button', { name: '登录' }).click();
  await again.getByLabel('六位验证码').fill(await nextCode(investigator));
  await again.getByRole('button', { name: '验证' }).click();
  await again.waitFor({ state: 'hidden' });
  assert.equal(await form.getByLabel('备注').inputValue(), '独居，怕狗，电话打两次');
  await because(form, '电话里说的');
  await house.signIn(investigator);
  assert.equal((await now(contacts[1])).note, '独居，怕狗，电话打两次');
});

test('two people who change one contact do not write over each other', async () => {
  allow(page, /status of 40\d/);
  const drawer = await contact(contacts[2]);
  const form = await dialog(drawer, '负责人');
  await form.getByLabel('负责人').fill('李医生');
  await house.call('CaseService', 'SetContactOwner', { case: id, contact: contacts[2].id, owner: '王医生', why: '换人' }, investigator);
  await form.getByLabel('原因').fill('分派');
  await form.locator('.ant-modal-footer .ant-btn').last().click();
  await form.getByRole('alert').waitFor();
  assert.equal(await form.getByLabel('负责人').inputValue(), '李医生', 'what was entered stays');
  assert.equal((await now(contacts[2])).owner, '王医生');
  await form.getByRole('button', { name: /取\s*消/ }).click();
});

test('filters are in the address', async () => {
  await page.goto(`/investigation/cases/${id}?tab=contacts&level=general`);
  await page.getByText(new RegExp(`^1 人，共 ${contacts.length} 人$`)).waitFor();
  await page.getByLabel('姓名、房号、负责人、备注').fill('没有这样的人');
  await page.getByText('没有符合筛选条件的人').waitFor();
  await page.waitForURL(/find=.*&?/);
  await look(page, 'contacts-none-match');
  await page.getByLabel('姓名、房号、负责人、备注').fill('张医生');
  await page.reload();
  await page.getByText(new RegExp(`^1 人，共 ${contacts.length} 人$`)).waitFor();
});

test('somebody from an interview is added, reports by a link on a telephone, and is erased when they ask', async () => {
  await page.goto(`/investigation/cases/${id}?tab=contacts`);
  await page.getByRole('button', { name: '添加接触者' }).click();
  const form = page.getByRole('dialog', { name: '添加接触者' });
  await form.getByLabel('或：姓名').fill('孙莉');
  await form.getByLabel('电话').fill('13700003333');
  await form.getByLabel('首次接触').fill(new Date(Date.now() - 44 * 3_600_000).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16));
  await page.keyboard.press('Enter');
  await form.getByLabel('备注').fill('同桌吃饭');
  await look(page, 'contact-add');
  await because(form, '本人陈述');
  const { contacts: all } = await house.call('CaseService', 'ListContacts', { case: id, source: 'interview' }, investigator);
  assert.equal(all.length, 1);

  let drawer = await contact(all[0]);
  await drawer.getByText('13700003333').waitFor();
  await drawer.getByRole('button', { name: '自报链接', exact: true }).click();
  const made = page.locator('.ant-modal').filter({ visible: true }).last();
  const ok = made.locator('.ant-modal-footer .ant-btn').last();
  await ok.click();
  const link = await page.locator('.ant-modal-confirm').getByText(/\/l\//).first().innerText();
  await look(page, 'contact-link');
  await page.locator('.ant-modal-confirm').getByRole('button').last().click();

  const theirs = await house.page(undefined, { size: telephone, touch: true });
  await theirs.goto(new URL(link.match(/\/l\/\S+/)[0], house.url).href);
  assert.ok(!(await theirs.locator('body').innerText()).includes('孙莉'), 'the page shows the family name alone');
  assert.ok(!(await theirs.locator('body').innerText()).includes(number));
  await assertAccessible(theirs);
  await theirs.getByLabel(/今天的体温/).fill('36.6');
  for (const field of await theirs.locator('fieldset').all()) await field.getByRole('radio').last().check();
  await theirs.getByRole('button', { name: /提交/ }).click();
  await theirs.getByText(/已收到|谢谢|Thank/).first().waitFor();
  await assertAccessible(theirs);

  drawer = await contact(all[0]);
  await drawer.getByText('36.6 ℃').waitFor();
  await drawer.getByText('本人填报').waitFor();
  let ask = await dialog(drawer, '作废链接');
  await because(ask, '转发给了别人');
  allow(theirs, /status of 4\d\d/);
  const gone = await theirs.goto(new URL(link.match(/\/l\/\S+/)[0], house.url).href);
  assert.notEqual(gone.status(), 200);
  await assertAccessible(theirs);
  ask = await dialog(drawer, '删除个人信息');
  await because(ask, '本人要求');
  await settled(page);
  assert.ok(!JSON.stringify(await house.call('CaseService', 'GetContact', { case: id, contact: all[0].id }, investigator)).includes('孙莉'));
});

test('a contact becomes a case of their own, which somebody else approves', async () => {
  const drawer = await contact(contacts[3]);
  const form = await dialog(drawer, '转为病例');
  await form.getByLabel('病例编号').fill('朝疾控2026-202');
  await form.getByLabel('发病时间').fill(new Date(Date.now() - 10 * 3_600_000).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16));
  await page.keyboard.press('Enter');
  await because(form, '核酸阳性');
  const theirs = await house.page(approver, { language: 'en' });
  await theirs.goto('/investigation/cases');
  await theirs.getByText('朝疾控2026-202').first().waitFor();
  await look(theirs, 'case-approve');
});

test('two records of one person are merged', async () => {
  const other = contacts.at(-1);
  const { contact: double } = await house.call('CaseService', 'AddContact', { case: id, name: '老邻居', phone: '13700004444', why: '本人陈述' }, investigator);
  // Two people of the registry are never one: only what was told of is offered.
  let form = await dialog(await contact(other), '合并');
  await form.getByLabel('保留哪一条').click();
  await page.locator('.ant-select-item-option').filter({ hasText: '老邻居' }).waitFor();
  assert.equal(await page.locator('.ant-select-item-option').filter({ hasText: '系统判定' }).count(), 0);
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: /取\s*消/ }).click();
  form = await dialog(await contact(double), '合并');
  await choose(form, '保留哪一条', new RegExp(`^${other.person.name} ${other.person.dwelling}`));
  await look(page, 'contact-merge');
  await because(form, '同一个人登记了两次');
  const { mergedInto } = await until(async () => {
    const of = await now(double);
    return of.mergedInto && of;
  }, 'they are not merged');
  assert.equal(mergedInto, other.id);
  const { contacts: left } = await house.call('CaseService', 'ListContacts', { case: id }, investigator);
  assert.ok(left.some((of) => of.id === other.id) && !left.some((of) => of.id === double.id), 'both still count');
});

test('the course of the illness and the policy of a case are changed, and it is judged anew', async () => {
  await page.goto(`/investigation/cases/${id}`);
  const judged = async () => {
    const done = page.locator('.ant-modal-confirm').filter({ hasText: '判定完成' });
    await done.waitFor();
    await done.getByRole('button').click();
    await done.waitFor({ state: 'hidden' });
  };
  const isolated = new Date(Date.now() - 2 * 3_600_000).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16);
  let form = await dialog(page.locator('header').filter({ hasText: number }), '修改病情');
  await form.getByLabel('隔离时间').fill(isolated);
  await page.keyboard.press('Enter');
  await look(page, 'case-clinical');
  await because(form, '已送隔离点');
  await judged();
  await page.getByText(isolated).first().waitFor();
  form = await dialog(page.locator('header').filter({ hasText: number }), '更换标准');
  const { policies } = await house.call('TracingPolicyService', 'ListTracingPolicies', {}, investigator);
  const other = policies.find((policy) => policy.ref.id === 'nhc-8');
  await choose(form, '判定标准', other.name.zh);
  await look(page, 'case-policy');
  await because(form, '按本市通知');
  await judged();
  await page.locator('header').getByText('nhc-8').waitFor();
  const { case: of } = await house.call('CaseService', 'GetCase', { case: id }, investigator);
  assert.equal(of.policy.id, 'nhc-8');
  assert.ok(Math.abs(new Date(of.clinical.isolated) - Date.now() + 2 * 3_600_000) < 120_000);
});

test('a case that has expired is not shown, and says what to do', async () => {
  const short = await opened('朝疾控2026-203', strangers[0], { expires: new Date(Date.now() + 6000).toISOString() });
  const theirs = await house.page(investigator);
  allow(theirs, /status of 403/);
  await theirs.goto(`/investigation/cases/${short}`);
  await until(async () => (await house.tryCall('CaseService', 'GetCase', { case: short }, investigator)).status === 403, 'the case does not expire');
  await theirs.reload();
  await theirs.getByRole('alert').filter({ hasText: '到期' }).waitFor();
  await look(theirs, 'case-expired');
  await theirs.getByRole('link', { name: '病例', exact: true }).last().click();
  await theirs.getByRole('row').filter({ hasText: '朝疾控2026-203' }).getByRole('button', { name: '延期' }).click();
  const form = theirs.getByRole('dialog', { name: /延期/ });
  await form.getByLabel('有效期至').fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await theirs.keyboard.press('Enter');
  await because(form, '还在随访');
  await theirs.getByRole('row').filter({ hasText: '朝疾控2026-203' }).getByText('待批准').waitFor();
});

test('whoever has both roles cannot approve what they asked for', async () => {
  const both = await house.account(['INVESTIGATOR', 'APPROVER']);
  await house.call('CaseService', 'RequestCase', { number: '朝疾控2026-204', person: strangers[1], purpose: '流调', clinical: { onset: new Date(Date.now() - 3_600_000).toISOString() } }, both);
  const theirs = await house.page(both);
  await theirs.goto('/investigation/cases');
  await theirs.getByText('这是您自己申请的，须由另一人批准').waitFor();
  await look(theirs, 'case-own');
});

test('the operator keeps a new version of a policy, and cases keep theirs', async () => {
  const theirs = await house.page(house.operator);
  await theirs.goto('/investigation/policies?policy=nhc-9');
  const text = theirs.getByLabel('判定标准原文');
  await text.waitFor();
  const yaml = await text.inputValue();
  allow(theirs, /status of 400/);
  await text.fill(yaml.replace(/^id: .*/m, 'id: my-town').concat('\nnonsense: 1\n'));
  await theirs.getByRole('button', { name: /检\s*查/ }).click();
  await theirs.getByRole('alert').filter({ hasText: 'nonsense' }).waitFor();
  await text.fill(yaml.replace(/^id: .*/m, 'id: my-town'));
  await theirs.getByRole('button', { name: /检\s*查/ }).click();
  await theirs.getByText('检查通过').waitFor();
  await theirs.getByLabel('修改原因').fill('本镇通知');
  await theirs.getByRole('button', { name: '保存为新版本' }).click();
  await theirs.getByText(/已保存为 my-town/).waitFor();
  await look(theirs, 'policy-edit');
  const { case: of } = await house.call('CaseService', 'GetCase', { case: id }, investigator);
  assert.equal(of.policy.id, 'nhc-8');
});
