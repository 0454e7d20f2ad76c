// What is around the pages: the first start, the way in, roles, languages and the log of who did what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { allow, look, nextCode, openHouse, password, telephone, until } from './harness.mjs';

const words = {
  'zh-CN': {
    notAllowed: '您的角色不能看这个页面', code: '六位验证码', check: '验证', name: '账号', password: '密码', signIn: '登录', repeat: '再输入一次', shown: '姓名', status: '运行状况', accounts: '账号',
    audit: '审计日志', checkpointGood: '签名和日志相符', takeCheckpoint: '导出签名的检查点', takenBefore: /^上次导出：/, devices: '登录的设备', away: '没有这个页面',
  },
  en: {
    notAllowed: 'Your role may not see this page', code: 'Six-digit code', check: 'Check', name: 'Account', password: 'Password', signIn: 'Sign in', repeat: 'Once more', shown: 'Name', status: 'Status', accounts: 'Accounts',
    audit: 'Audit log', checkpointGood: 'Signature and log agree', takeCheckpoint: 'Take the signed checkpoint away', takenBefore: /^Last taken away:/, devices: 'Signed-in devices', away: 'There is no such page',
  },
};
const languages = Object.keys(words);

let house;
before(async () => (house = await openHouse({ setUp: false })));
after(() => house.close());

test('an address that no page has is not found', async () => {
  const answer = await fetch(`${house.url}/nothing`);
  assert.equal(answer.status, 404);
});

test('the first page needs at most 300 KB of script, compressed', async () => {
  const page = await (await house.browser()).newPage();
  const scripts = [];
  page.on('response', (response) => new URL(response.url()).pathname.endsWith('.js') && scripts.push(response));
  await page.goto(house.url);
  await page.waitForFunction(() => document.querySelector('#root')?.childElementCount);
  assert.ok(scripts.length > 0, 'no scripts came');
  const sizes = await Promise.all(scripts.map(async (response) => (await response.request().sizes()).responseBodySize));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total > 0 && total <= 300 * 1024, `${total} bytes`);
});

test('the link of the terminal makes the first account, whose operator invites a guard', async () => {
  const code = await house.setUpCode();
  const page = await house.page(undefined, { language: 'en' });
  await page.goto(`/account/set-up?code=${code}`);
  await page.getByRole('heading', { name: 'First set-up' }).waitFor();
  assert.equal(await page.getByLabel('Set-up code').inputValue(), code);
  await look(page, 'set-up');
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('heading', { name: '首次设置' }).waitFor();
  await look(page, 'set-up');
  await page.getByRole('button', { name: 'English' }).click();

  house.operator = { name: 'first', password: password(), cookie: '' };
  await page.getByLabel('Account', { exact: true }).fill('first');
  await page.getByLabel('Name', { exact: true }).fill('李主任');
  await page.getByLabel('Password', { exact: true }).fill(house.operator.password);
  await page.getByLabel('Once more').fill('another one');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('The two are not the same').waitFor();
  await page.getByLabel('Once more').fill(house.operator.password);
  await page.getByRole('button', { name: 'Make the account' }).click();

  await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor();
  assert.ok(!page.url().includes(code), 'the code stays in the address');
  await house.signIn(house.operator);

  await page.getByRole('menuitem', { name: 'Accounts' }).click();
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Account', { exact: true }).fill('wang');
  await form.getByLabel('Name', { exact: true }).fill('王师傅');
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  await form.getByText('Choose at least one role').waitFor();
  await form.getByLabel('Guard').check();
  await look(page, 'invite');
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  const link = page.getByRole('dialog').locator('code');
  await link.waitFor();
  const address = new URL((await link.textContent()).trim());
  assert.equal(address.port, new URL(house.url).port);
  await look(page, 'invitation-link');
  await page.getByRole('button', { name: 'I gave it to them' }).click();
  await page.getByRole('row', { name: 'wang' }).getByText('Not taken up').waitFor();

  const guard = await house.page(undefined, { size: telephone });
  await guard.goto(address.pathname + address.search);
  await guard.getByRole('heading', { name: '启用账号' }).waitFor();
  await look(guard, 'invitation');
  const secret = password();
  await guard.getByLabel('密码', { exact: true }).fill(secret);
  await guard.getByLabel('再输入一次').fill(secret);
  await guard.getByRole('button', { name: '设密码并登录' }).click();
  await guard.getByRole('button', { name: '王师傅' }).waitFor();

  await page.reload();
  await page.getByRole('row', { name: 'wang' }).getByText('In use').waitFor();

  const anew = await house.page(undefined, { language: 'en' });
  allow(anew, /status of 4\d\d/);
  await anew.goto(address.pathname + address.search);
  await anew.getByLabel('Password', { exact: true }).fill(secret);
  await anew.getByLabel('Once more').fill(secret);
  await anew.getByRole('button', { name: 'Set the password and sign in' }).click();
  await anew.getByRole('alert').waitFor();
  await look(anew, 'invitation-used');
  assert.equal(await anew.getByLabel('Password', { exact: true }).inputValue(), secret);
});

for (const language of languages) {
  const t = words[language];

  test(`an operator sees status and accounts (${language})`, async () => {
    const page = await house.page(house.operator, { language });
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: t.status }).waitFor();
    await look(page, 'operator-status');
    await page.goto('/operator/accounts');
    await page.getByRole('row', { name: 'first' }).waitFor();
    await look(page, 'operator-accounts');
    await page.goto('/account');
    await page.getByText(t.devices).waitFor();
    await look(page, 'account', { full: true });
    await page.goto('/operator/nothing');
    await page.getByText(t.away).waitFor();
    await look(page, 'not-found');

    const night = await house.page(house.operator, { language, night: true, size: telephone });
    await night.goto('/operator/status');
    await night.getByRole('heading', { level: 1, name: t.status }).waitFor();
    await look(night, 'operator-status-night');
  });

  test(`a guard does not see what is not theirs (${language})`, async () => {
    const page = await house.page(await house.account(['GUARD']), { language });
    for (const path of ['operator/status', 'operator/accounts', 'auditor/audit', 'office/people']) {
      await page.goto(`/${path}`);
      await page.getByText(t.notAllowed).waitFor();
    }
    await look(page, 'not-allowed');
  });

  test(`an investigator adds a second step and signs in with it (${language})`, async () => {
    const invited = await house.call('AccountService', 'InviteAccount', { name: `liu-${language.toLowerCase()}`, shown: '刘医生', roles: ['ROLE_INVESTIGATOR'] });
    const account = { name: invited.account.name, password: password(), step: 0 };
    const page = await house.page(undefined, { language });
    allow(page, /status of 401/);
    const link = new URL(invited.link, house.url);
    await page.goto(link.pathname + link.search);
    await page.getByLabel(t.password, { exact: true }).fill(account.password);
    await page.getByLabel(t.repeat).fill(account.password);
    await page.locator('button[type=submit]').click();
    await page.locator('code').waitFor();
    account.secret = (await page.locator('code').textContent()).trim();
    await look(page, 'add-second-step', { full: true });
    await page.getByLabel(t.code).fill(await nextCode(account));
    await page.getByRole('button', { name: t.check, exact: true }).click();
    await page.getByRole('button', { name: '刘医生' }).waitFor();

    const next = await house.page(undefined, { language });
    allow(next, /status of 40[13]/);
    await next.goto('/');
    await next.getByLabel(t.name, { exact: true }).waitFor();
    await look(next, 'sign-in');
    await next.getByLabel(t.name, { exact: true }).fill(account.name);
    await next.getByLabel(t.password, { exact: true }).fill('not the password');
    await next.locator('button[type=submit]').click();
    await next.getByRole('alert').waitFor();
    await look(next, 'sign-in-refused');
    await next.getByLabel(t.password, { exact: true }).fill(account.password);
    await next.locator('button[type=submit]').click();
    await next.getByLabel(t.code).waitFor();
    await look(next, 'second-step');
    await next.getByLabel(t.code).fill(await nextCode(account));
    await next.getByRole('button', { name: t.check, exact: true }).click();
    await next.getByRole('button', { name: '刘医生' }).waitFor();
  });

  test(`an auditor reads who did what (${language})`, async () => {
    const page = await house.page(await house.account(['AUDITOR']), { language });
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: t.audit }).waitFor();
    await page.getByRole('row').nth(5).waitFor();
    await page.getByText(t.checkpointGood).waitFor();
    await look(page, 'auditor-audit');
    const [signed] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: t.takeCheckpoint }).click()]);
    assert.match(signed.suggestedFilename(), /^menshen-\d+\.checkpoint$/);
    await page.getByText(t.takenBefore).waitFor();
    await page.goto('/auditor/audit?action=account');
    await until(async () => (await page.locator('tbody tr.ant-table-row').count()) > 0, 'no entries of accounts');
    assert.ok((await page.locator('tbody tr.ant-table-row td:nth-child(4) a').evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get('action')))).every((action) => action.includes('account')));
  });
}

test('whoever is signed out keeps what they entered', async () => {
  const account = await house.account(['OPERATOR']);
  const page = await house.page(account, { language: 'en' });
  allow(page, /status of 401/);
  await page.goto('/operator/accounts');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Account', { exact: true }).fill('zhao');
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('赵工');
  await page.getByRole('dialog').getByLabel('Guard').check();
  await house.call('SignInService', 'SignOut', {}, { cookie: account.cookie });
  await page.getByRole('dialog').getByRole('button', { name: 'Invite', exact: true }).click();
  const again = page.getByLabel('Password', { exact: true });
  await again.waitFor();
  await look(page, 'signed-out');
  await again.fill(account.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await again.waitFor({ state: 'hidden' });
  assert.equal(await page.getByRole('dialog').getByLabel('Account', { exact: true }).inputValue(), 'zhao');
});
