// Whom a photograph is of: while a case is requested, and within one; with the real networks and faces.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { assertAccessible, look, openHouse, shared, telephone } from './harness.mjs';

const faces = (name) => readdirSync(join(shared, 'testdata/faces', name)).sort().map((file) => join(shared, 'testdata/faces', name, file));
const enrolled = '王芳';
let house, investigator, page;

before(async () => {
  house = await openHouse({ people: 60, yaml: 'enrolment: {keep_photographs: true}' });
  investigator = await house.account(['INVESTIGATOR']);
  const office = await house.account(['OFFICE']);
  const photos = faces('Adrien_Brody').slice(0, 3).map((path) => ({ name: 'a.jpg', data: readFileSync(path).toString('base64') }));
  const { photos: results } = await house.call('PersonService', 'Enroll', { name: enrolled, dwelling: '3-2-14-1402', photos, consent: { signer: enrolled } }, office);
  assert.ok(results.some(({ accepted }) => accepted), JSON.stringify(results));
  page = await house.page(investigator);
});
after(() => house?.close());

/** What the audit log has of an action, the latest first. */
async function audited(action) {
  const auditor = await house.account(['AUDITOR']);
  const { entries = [] } = await house.call('AuditService', 'ListAudit', { action, limit: 100 }, auditor);
  return entries.filter((entry) => entry.action === action);
}

test('whoever asks for a case finds the person by a photograph', async () => {
  await page.goto('/investigation/cases');
  await page.getByRole('button', { name: '申请立案' }).click();
  await page.getByLabel('病例编号').fill('朝疾控2026-77');
  await page.getByRole('button', { name: '按照片找' }).click();
  await look(page, 'photograph-empty');
  assert.ok(await page.getByRole('button', { name: '选择照片' }).isDisabled(), 'nobody is looked for without a purpose');
  await page.getByRole('dialog', { name: '按照片找人' }).getByLabel('事由').fill('核实密接');
  await page.getByLabel('选择照片', { exact: true }).setInputFiles(faces('Adrien_Brody').at(-1));
  await page.getByRole('button', { name: `选择${enrolled}` }).waitFor();
  await page.getByRole('img', { name: `${enrolled}登记时的照片` }).waitFor();
  assert.match(await page.getByRole('dialog', { name: '按照片找人' }).innerText(), /很像，基本确定|可能是，请核对/);
  await page.getByRole('button', { name: `选择${enrolled}` }).click();
  await page.locator('.ant-select-content, .ant-select-selection-item').filter({ hasText: enrolled }).first().waitFor();
  assert.equal(await page.getByLabel('病例编号').inputValue(), '朝疾控2026-77', 'nothing entered is lost');
  assert.equal(await page.getByLabel('事由').inputValue(), '核实密接', 'the purpose is that of the case');

  const asked = await audited('case.photograph');
  assert.equal(asked.length, 1);
  assert.ok(asked[0].actor.endsWith(investigator.name));
  assert.equal(asked[0].purpose, '核实密接');
  const [named] = await audited('case.photograph_named');
  assert.match(named.detail, /"people":\["[\w-]+/);
  assert.ok(!named.detail.includes(enrolled), 'no names in the audit log');
});

test('a stranger, a landscape, a renamed file and one that is too large each say what to do', async () => {
  await page.getByRole('button', { name: '按照片找' }).click();
  const file = page.getByLabel('选择照片', { exact: true });
  await file.setInputFiles(faces('Yoko_Ono')[0]);
  await page.getByText('没有登记的人像这张照片').waitFor();
  const blank = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(300, 300);
    canvas.getContext('2d').fillRect(0, 0, 300, 300);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
  });
  await file.setInputFiles({ name: 'landscape.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(blank) });
  await page.getByText('照片中没有人脸').waitFor();
  await file.setInputFiles({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a picture') });
  await page.getByText('照片无法读取').waitFor();
  // 200 megapixels in some bytes: refused by its head.
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200003a9800003a980802000000', 'hex');
  await file.setInputFiles({ name: 'huge.png', mimeType: 'image/png', buffer: Buffer.concat([head, Buffer.alloc(64)]) });
  await page.getByText('照片无法读取').waitFor();
  await file.setInputFiles({ name: 'film.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(20 * 2 ** 20 + 1) });
  await page.getByText('照片超过 20 MB').waitFor();
  await look(page, 'photograph-too-large');
});

test('in English, on a telephone', async () => {
  const small = await house.page(investigator, { language: 'en', size: telephone, touch: true });
  await small.goto('/investigation/cases');
  await small.getByRole('button', { name: 'Request a case' }).click();
  await small.getByRole('button', { name: 'By photograph' }).click();
  await small.getByRole('dialog', { name: 'Find by a photograph' }).getByLabel('Purpose').fill('Contacts of a case');
  await small.getByLabel('Choose a photograph', { exact: true }).setInputFiles(faces('Adrien_Brody').at(-1));
  await small.getByRole('button', { name: `Choose ${enrolled}` }).waitFor();
  await assertAccessible(small); // no picture of it is kept: there is a face on it
});

test('nobody else may, and nobody within a case that is not approved', async () => {
  const photograph = readFileSync(faces('Adrien_Brody')[0]).toString('base64');
  for (const role of ['GUARD', 'OFFICE', 'AUDITOR', 'OPERATOR']) {
    const { status } = await house.tryCall('CaseService', 'FindByPhotograph', { photograph }, await house.account([role]));
    assert.equal(status, 403, role);
  }
  const approver = await house.account(['APPROVER']);
  const { people } = await house.call('PersonService', 'ListPeople', { query: enrolled }, investigator);
  const onset = new Date(Date.now() - 40 * 3_600_000).toISOString();
  assert.equal((await house.tryCall('CaseService', 'FindByPhotograph', { photograph, purpose: 'x' }, approver)).status, 403);
  const { case: asked } = await house.call('CaseService', 'RequestCase', { number: 'x-1', person: people[0].id, purpose: '流调', clinical: { onset } }, investigator);
  const { status, answer } = await house.tryCall('CaseService', 'FindByPhotograph', { photograph, case: asked.id }, investigator);
  assert.equal(status, 403, answer.message);
  await house.call('CaseService', 'DecideCase', { case: asked.id, approve: true, why: 'x' }, approver);
  const found = await house.call('CaseService', 'FindByPhotograph', { photograph, case: asked.id }, investigator);
  assert.equal(found.people[0].person.name, enrolled);
});
