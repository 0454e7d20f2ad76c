// Whoever enrols: consent, the camera of the desk or photographs from files, the face that looks like another's, and refusal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';

import { binary, film, look, openHouse, root, shared, tablet, telephone, until } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'menshen-film-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const photographs = (name) => {
  const person = join(shared, 'testdata/faces', name);
  return readdirSync(person).filter((file) => file.endsWith('.jpg')).sort().map((file) => join(person, file));
};

// Somebody sits down before the camera, and moves a little.
const before = photographs('Yoko_Ono').slice(0, 3);
const made = join(folder, 'face.mjpeg');
const inputs = before.flatMap((path) => ['-loop', '1', '-t', '1.5', '-i', path]);
const each = before.map((_, i) => `[${i}:v]scale=480:480,pad=640:480:80:0,setsar=1[v${i}]`).join(';');
execFileSync('ffmpeg', ['-loglevel', 'error', ...inputs, '-filter_complex', `${each};${before.map((_, i) => `[v${i}]`).join('')}concat=n=${before.length}`, '-r', '10', '-pix_fmt', 'yuvj420p', '-q:v', '3', made]);

const house = await openHouse({
  yaml: `
engine: {models: ${JSON.stringify(join(root, 'models/files'))}, evaluation: true}
enrolment: {keep_photographs: true}
site:
  id: yard
  name: {zh: 试验小区, en: Yard}
  zones: [{id: outside, kind: outside, name: {zh: 小区外, en: Outside}}, {id: compound, kind: compound, name: {zh: 小区, en: Compound}}]
  gates: [{id: east, from: outside, to: compound, state: open, name: {zh: 东门, en: East gate}}]
cameras: [{id: tablet-1, gate: east, direction: in, source: browser}]
`,
  browserArgs: film(made),
});
after(() => house.close());
const office = await house.account(['OFFICE']);

/** Draws a signature in the box. */
async function sign(page) {
  const box = page.getByTestId('signature');
  await box.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await box.boundingBox();
  await page.mouse.move(x + width * 0.2, y + height * 0.6);
  await page.mouse.down();
  for (let i = 1; i <= 12; i++) await page.mouse.move(x + width * (0.2 + i * 0.04), y + height * (0.6 + (i % 2 ? -0.25 : 0.15)));
  await page.mouse.up();
}

/** Chooses "Somebody new" and says who; ends at the pictures. */
async function consent(page, name, dwelling) {
  await page.goto('/office/enrol');
  await page.getByLabel('姓名', { exact: true }).fill(name);
  await page.getByLabel('住址').fill(dwelling);
  await sign(page);
  await page.getByRole('button', { name: '同意，去拍照' }).click();
  await page.getByRole('tab', { name: '上传照片' }).waitFor();
}

test('a resident enrols before the camera in a minute', async () => {
  const page = await house.page(office, { size: tablet, context: { permissions: ['camera'] } });
  await page.goto('/office/enrol');
  await page.getByRole('heading', { level: 1, name: '登记人脸' }).waitFor();
  await page.getByRole('region', { name: '告知书（第 1 版）' }).waitFor();
  await look(page, 'enrol-consent', { full: true });

  const began = Date.now();
  await page.getByLabel('姓名', { exact: true }).fill('林小满');
  await page.getByLabel('住址').fill('1-1-2-201');
  assert.equal(await page.getByLabel('签名人姓名').inputValue(), '林小满');
  await sign(page);
  await page.getByRole('button', { name: '同意，去拍照' }).click();
  await page.getByRole('button', { name: '打开摄像头' }).click();
  await page.getByTestId('hint').filter({ hasText: /请|很好/ }).waitFor();
  await look(page, 'enrol-camera');
  await page.getByRole('button', { name: '保存' }).waitFor();
  assert.equal(await page.getByTestId('shot').count(), 3);
  await look(page, 'enrol-shots');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('林小满 登记完成').waitFor();
  assert.ok(Date.now() - began < 60_000, 'it took longer than a minute');
  await look(page, 'enrol-done');

  // The office sees who consented to what, when, and the signature on request.
  await page.getByRole('button', { name: '查看人员资料' }).click();
  await page.getByText('同意（第 1 版）').waitFor();
  await page.getByText(/林小满 签 · 经办：/).waitFor();
  await page.getByRole('button', { name: '查看签名' }).click();
  await page.getByRole('img', { name: '签名: 林小满' }).waitFor();
  await page.getByRole('button', { name: '查看登记照片' }).click();
  await page.getByRole('img', { name: '林小满 1' }).waitFor();
  await look(page, 'office-person-enrolled', { full: true });
  const { entries } = await house.call('AuditService', 'ListAudit', { limit: 200 });
  for (const action of ['consent.give', 'enrolment.look', 'person.enrol', 'consent.signature', 'person.photographs']) {
    assert.ok(entries.some((entry) => entry.action === action), `${action} is not in the audit log`);
  }
});

/** A PNG of 200 megapixels, all black: a few hundred kilobytes. */
function hugePicture() {
  const [width, height] = [20_000, 10_000];
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc((width / 8 + 1) * height))), chunk('IEND', Buffer.alloc(0))]);
}

test('photographs from files are judged one by one', async () => {
  const page = await house.page(office);
  await consent(page, '石磊', '1-1-2-202');
  await page.getByRole('tab', { name: '上传照片' }).click();
  writeFileSync(join(folder, 'huge.png'), hugePicture());
  writeFileSync(join(folder, 'letter.jpg'), '%PDF-1.7 renamed');
  writeFileSync(join(folder, 'film.jpg'), Buffer.alloc(21 << 20));
  const good = photographs('Roger_Federer').slice(0, 2);
  await page.locator('input[type=file]').setInputFiles([join(folder, 'huge.png'), join(folder, 'letter.jpg'), join(folder, 'film.jpg'), good[0]]);
  await page.getByText('文件有 21 MB').waitFor();
  await page.getByRole('button', { name: /^删除 Roger/ }).click();
  await page.getByRole('button', { name: '保存' }).click();
  // Nothing was good: it says so of each, and nobody is enrolled.
  await page.getByText('没有一张照片可用').waitFor();
  await page.getByText(/20000×10000 像素/).waitFor();
  await page.getByText(/PDF 文件/).waitFor();
  await look(page, 'enrol-upload-refused');

  await page.locator('input[type=file]').setInputFiles(good);
  await look(page, 'enrol-upload');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('石磊 登记完成').waitFor();
});

test('a face like that of somebody enrolled is shown beside it', async () => {
  const page = await house.page(office);
  const again = photographs('Roger_Federer').slice(2, 4);
  await consent(page, '石大', '1-1-2-203');
  await page.getByRole('tab', { name: '上传照片' }).click();
  await page.locator('input[type=file]').setInputFiles(again);
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('这张脸像是已经登记过的人').waitFor();
  await page.getByRole('img', { name: '登记在册: 石磊' }).waitFor();
  await page.getByRole('img', { name: '刚才拍的' }).waitFor();
  await page.getByText('1-1-2-202').waitFor();
  await look(page, 'enrol-duplicate');
  await page.getByRole('button', { name: '是同一个人，打开 石磊 的资料' }).click();
  await page.getByRole('heading', { level: 1, name: '石磊' }).waitFor();
  const { people } = await house.call('PersonService', 'ListPeople', { query: '石大' }, office);
  assert.deepEqual(people ?? [], [], 'the record that was made by mistake is still there');

  await consent(page, '石二', '1-1-2-203');
  await page.getByRole('tab', { name: '上传照片' }).click();
  await page.locator('input[type=file]').setInputFiles(again);
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('button', { name: '是另一个人，例如双胞胎' }).click();
  await page.getByText('确定是两个不同的人？').waitFor();
  await page.getByRole('tooltip').getByRole('button', { name: '是' }).click();
  await page.getByText('石二 登记完成').waitFor();
});

test('whoever refuses gets a QR, a card or a PIN', async () => {
  const page = await house.page(office, { language: 'en', size: telephone, touch: true });
  await page.goto('/office/enrol');
  await page.getByLabel('Name', { exact: true }).fill('Ann Lee');
  await page.getByLabel('Dwelling').fill('1-1-2-204');
  await look(page, 'enrol-consent', { full: true });
  await page.getByRole('button', { name: /^Refused/ }).click();
  await page.getByText('Recorded: no face is given').waitFor();
  await page.getByRole('button', { name: 'QR for a telephone' }).click();
  await page.getByRole('img', { name: 'QR for the gates' }).first().waitFor();
  await look(page, 'enrol-refused');
  await page.getByRole('button', { name: 'PIN' }).click();
  await page.getByTestId('pin').first().filter({ hasText: /^\d{8}$/ }).waitFor();
  await page.getByRole('button', { name: /Card$/ }).click();
  await page.getByLabel('Number of the card').fill('0012345678');
  await page.getByRole('button', { name: 'Issue', exact: true }).click();
  await page.getByText('The card can be used now.').waitFor();
  await page.getByRole('button', { name: 'Open the record' }).click();
  await page.getByText('Refused (version 1)').waitFor();
  assert.equal(await page.getByText('In force', { exact: true }).count(), 3);
});

test('a child needs a guardian, who signs', async () => {
  const page = await house.page(office);
  await page.goto('/office/enrol');
  await page.getByLabel('姓名', { exact: true }).fill('林小满');
  await page.getByText('已有同名的人员').waitFor();
  await page.getByRole('button', { name: '林小满 1-1-2-201' }).waitFor();
  await page.getByLabel('姓名', { exact: true }).fill('林小宝');
  await page.getByLabel('住址').fill('1-1-2-201');
  await page.getByLabel('出生日期').fill(`${new Date().getFullYear() - 6}-05-01`);
  await page.getByText('由监护人签署').waitFor();
  await until(async () => (await page.getByLabel('签名人姓名').inputValue()) === '', 'a child signs');
  await page.getByRole('button', { name: '同意，去拍照' }).click();
  await page.getByText('请写签名人的姓名').waitFor();
  await look(page, 'enrol-child', { full: true });
  await page.getByLabel('监护人', { exact: true }).fill('linxm');
  await page.getByTitle(/林小满/).click();
  await page.getByLabel('签名人姓名').fill('林小满');
  await page.getByRole('button', { name: '同意，去拍照' }).click();
  await page.getByRole('tab', { name: '上传照片' }).waitFor();
});

test('a new version of the text is asked for anew, and consent can be withdrawn', async () => {
  const page = await house.page(office, { language: 'en' });
  await page.goto('/office/consent');
  await page.getByText('came with the software').waitFor();
  await look(page, 'consent-texts');
  await page.getByRole('button', { name: 'Write a new version' }).click();
  await page.getByLabel('Chinese').fill('新的告知书。');
  await page.getByLabel('English').fill('The new text.');
  await look(page, 'consent-texts-new');
  await page.getByRole('button', { name: 'Use the new version' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'OK' }).click();
  await page.getByText('Version 2', { exact: true }).waitFor();

  await page.goto('/office/people?q=lxm');
  await page.getByRole('link', { name: '林小满' }).click();
  await page.getByText('ask again before a face is enrolled').waitFor();
  await page.getByRole('button', { name: 'Enrol a face' }).click();
  await page.getByText('The new text.').waitFor();
  const person = new URL(page.url()).searchParams.get('person');
  const photo = { name: 'a.jpg', data: 'AAAA' };
  const { answer } = await house.tryCall('PersonService', 'Enroll', { person, photos: [photo] }, office);
  assert.equal(answer.code, 'failed_precondition', JSON.stringify(answer));

  await page.goBack();
  await page.getByRole('button', { name: 'Withdraw consent' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'OK' }).click();
  await page.getByText('Not enrolled').waitFor();
  await page.getByText('Refused (version 2)').waitFor();
  await page.getByText('The face was erased').waitFor();
  await look(page, 'office-person-withdrawn', { full: true });

  // They take the proof home, and it can be checked without Menshen.
  const certificate = join(folder, 'erasure.json');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the certificate' }).click()]);
  await saved.saveAs(certificate);
  const said = execFileSync(binary, ['erasure', 'verify', certificate, '--english'], { cwd: house.folder, encoding: 'utf8' });
  assert.ok(said.includes(person), said);

  // And everything that is held about them.
  await page.getByRole('button', { name: 'Give them their data' }).click();
  await page.getByRole('dialog').getByLabel('Who asked').fill('林小满');
  await look(page, 'office-person-pack');
  const [pack] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Make and download' }).click()]);
  await pack.saveAs(join(folder, 'pack.zip'));
  assert.equal(readFileSync(join(folder, 'pack.zip')).subarray(0, 2).toString(), 'PK');
});
