// The office: people and households are found, looked at and changed, also by two at once, and nothing typed is lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { allow, look, openHouse, telephone, until } from './harness.mjs';

const house = await openHouse();
after(() => house.close());
const office = await house.account(['OFFICE']);
const put = (name, dwelling, particulars) => house.call('RegistryService', 'PutPerson', { name, dwelling, particulars }, office);
await put('单小龙', '9-2-6-602', { phone: '13812345678', role: 'head' });
await put('曾雨', '9-2-6-602', { phone: '13987650000' });
await put('吕宁', '9-2-7-702', {});

test('people are found by name, pinyin, initials, telephone and room', async () => {
  const page = await house.page(office);
  await page.goto('/office/people');
  await page.getByText(/共 \d+ 人/).waitFor();
  await look(page, 'office-people');
  const box = page.getByRole('searchbox', { name: '姓名、拼音、首字母、电话、楼号房号' });
  for (const [query, name] of [
    ['单小龙', '单小龙'], ['shanxiaolong', '单小龙'], ['sxl', '单小龙'], ['zengyu', '曾雨'], ['lvning', '吕宁'], ['luning', '吕宁'],
    ['5678', '单小龙'], ['139 8765 0000', '曾雨'], ['9-702', '吕宁'], ['9号楼702', '吕宁'], ['zeng 602', '曾雨'],
  ]) {
    await box.fill(query);
    await page.waitForURL((url) => url.searchParams.get('q') === query);
    await page.getByText('共 1 人').waitFor();
    await page.locator('tbody a', { hasText: name }).waitFor();
    await box.fill('没有这个人');
    await page.getByText('没有找到').first().waitFor();
  }
  await look(page, 'office-people-nobody');

  // What was looked for is in the address, and a touch on the row opens the person.
  await page.goto('/office/people?q=sxl');
  assert.equal(await box.inputValue(), 'sxl');
  await page.getByRole('cell', { name: '9-2-6-602' }).click();
  await page.getByRole('heading', { level: 1, name: '单小龙' }).waitFor();
  await page.getByText('13812345678').waitFor();
  await look(page, 'office-person', { full: true });
  await page.goBack();
  await page.getByText('共 1 人').waitFor();
});

test('pages of people are said and kept in the address', async () => {
  const page = await house.page(office, { language: 'en', size: telephone });
  await page.goto('/office/people');
  await page.getByText(/\d+ people/).waitFor();
  await look(page, 'office-people');
  const before = await page.locator('tbody a').first().textContent();
  await page.getByTitle('2', { exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('page') === '2');
  const first = () => page.locator('tbody a').first().textContent();
  const top = await until(async () => (await first()) !== before && first(), 'the second page shows the first');
  await page.reload();
  await page.locator('tbody a').first().waitFor();
  assert.equal(await first(), top);
});

test('a person is made and changed; names are letters', async () => {
  const page = await house.page(office);
  allow(page, /status of 400/);
  await page.goto('/office/people');
  await page.getByRole('button', { name: '新建人员' }).click();
  await page.getByLabel('姓名', { exact: true }).fill('赵敏🐼');
  await page.getByLabel('住址').fill('9-2');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('姓名里不能有表情或符号').waitFor();
  await page.getByText('请写成 3-2-14-1402 这样').waitFor();
  await look(page, 'office-person-new');
  await page.getByLabel('姓名', { exact: true }).fill('赵敏');
  await page.getByLabel('住址').fill('9-2-8-802');
  await page.getByLabel('电话').fill('123');
  await page.getByLabel('证件号码').fill('110101199003070001');
  await page.getByRole('button', { name: '保存' }).click();
  // The server looks closer, and what was typed stays.
  await page.getByText('身份证号不正确').waitFor();
  assert.equal(await page.getByLabel('姓名', { exact: true }).inputValue(), '赵敏');
  await page.getByLabel('证件号码').fill('');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('heading', { level: 1, name: '赵敏' }).waitFor();

  const refused = await house.tryCall('RegistryService', 'PutPerson', { name: '赵🐼' }, office);
  assert.equal(refused.answer.code, 'invalid_argument');
  assert.match(refused.answer.message, /no letter/);

  await page.getByRole('button', { name: '停用', exact: true }).click();
  await page.getByText('停用 赵敏？').waitFor();
  await page.getByRole('tooltip').getByRole('button', { name: /确/ }).click();
  await page.getByText('已停用', { exact: true }).waitFor();
  await page.getByRole('button', { name: '恢复在册' }).click();
  await page.getByRole('button', { name: '停用', exact: true }).waitFor();
  await page.getByRole('button', { name: '删除人员' }).click();
  await page.getByText('删除 赵敏 的姓名、人脸、电话和证件？').waitFor();
  await page.getByRole('tooltip').getByRole('button', { name: /确/ }).click();
  await page.getByRole('heading', { level: 1, name: '—' }).waitFor();
  await page.getByRole('button', { name: '保存证明' }).waitFor();
  assert.equal(await page.getByRole('button', { name: '恢复在册' }).count(), 0, 'what was erased cannot come back');
  await look(page, 'office-person-removed', { full: true });
});

test('of two who edit one person the second loses nothing', async () => {
  const first = await house.page(office, { language: 'en' });
  const second = await house.page(await house.account(['OFFICE']), { language: 'en' });
  allow(second, /status of 409/);
  for (const page of [first, second]) {
    await page.goto('/office/people?q=sxl');
    await page.getByRole('link', { name: '单小龙' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Telephone').waitFor();
  }
  await first.getByLabel('Telephone').fill('13811110000');
  await first.getByLabel('Born').fill('1990-05-31');
  await first.getByRole('button', { name: 'Save' }).click();
  await first.getByText('13811110000').waitFor();

  await second.getByLabel('Telephone').fill('13822220000');
  await second.getByLabel('Dwelling').fill('9-2-6-603');
  await second.getByRole('button', { name: 'Save' }).click();
  await second.getByText('Somebody else changed this record while you were at it').waitFor();
  const merge = second.getByTestId('merge');
  await merge.getByText('13811110000').waitFor();
  await merge.getByText('13822220000').waitFor();
  await merge.getByText('You did not change this: theirs is taken').waitFor();
  await look(second, 'office-conflict');
  await merge.getByText('13811110000').click();
  await second.getByRole('button', { name: 'Save what was chosen' }).click();
  await second.getByText('Saved.').waitFor();
  const { people } = await house.call('PersonService', 'ListPeople', { query: 'sxl' }, office);
  const { record } = await house.call('RegistryService', 'GetPerson', { person: people[0].id }, office);
  assert.deepEqual([record.person.dwelling, record.particulars.phone, record.particulars.born], ['9-2-6-603', '13811110000', '1990-05-31']);
});

test('a household has its members, and two who edit it are told', async () => {
  const page = await house.page(office);
  allow(page, /status of 409/);
  await page.goto('/office/households?q=9-2-6-602');
  await page.getByRole('cell', { name: '9-2-6-602' }).click();
  await page.getByRole('heading', { level: 1, name: '9-2-6-602' }).waitFor();
  await page.getByRole('link', { name: '曾雨' }).waitFor();
  await look(page, 'office-household');
  await page.getByRole('button', { name: '修改住户' }).click();
  await page.getByLabel('备注').fill('养了一只猫');
  const { households } = await house.call('RegistryService', 'ListHouseholds', { query: '9-2-6-602' }, office);
  await house.call('RegistryService', 'PutHousehold', { dwelling: '9-2-6-602', note: '养了两只狗', shared: true, revision: households[0].revision }, office);
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByTestId('merge').getByText('养了两只狗').waitFor();
  await page.getByTestId('merge').getByText('您没有改这一项，采用对方的').waitFor();
  await look(page, 'office-household-conflict');
  await page.getByRole('button', { name: '按选定的保存' }).click();
  await page.getByTestId('merge').waitFor({ state: 'detached' });
  await page.getByText('养了一只猫').waitFor();
  const { households: now } = await house.call('RegistryService', 'ListHouseholds', { query: '9-2-6-602' }, office);
  assert.deepEqual([now[0].note, now[0].shared], ['养了一只猫', true]);
  await page.getByRole('button', { name: '添加成员' }).click();
  assert.equal(await page.getByLabel('住址').inputValue(), '9-2-6-602');
});

test('a session that ends in the middle of a form takes nothing with it', async () => {
  const passing = await house.account(['OFFICE']);
  const page = await house.page(passing, { language: 'en' });
  allow(page, /status of 401/);
  await page.goto('/office/people?q=lvning');
  await page.getByRole('link', { name: '吕宁' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Telephone').fill('13700001111');
  const { sessions } = await house.call('AccountService', 'ListSessions', {}, passing);
  for (const session of sessions) await house.tryCall('AccountService', 'EndSession', { id: session.id }, passing);
  await page.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog').filter({ hasText: 'You were signed out' });
  await again.waitFor();
  await look(page, 'office-signed-out');
  await again.getByLabel('Password').fill(passing.password);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Telephone').inputValue(), '13700001111');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('13700001111').waitFor();
});
