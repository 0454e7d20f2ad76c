// A face that is not certain: the guard sees it beside the photographs of whom it may be, and answers with one touch.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { allow, assertAccessible, film, openHouse, root, shared, tablet, until } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'menshen-film-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const person = join(shared, 'testdata/faces/Yoko_Ono');
const photographs = readdirSync(person).filter((name) => name.endsWith('.jpg')).sort();
const made = join(folder, 'face.mjpeg');
execFileSync('ffmpeg', ['-loglevel', 'error', '-loop', '1', '-i', join(person, photographs[0]), '-t', '3', '-r', '10', '-vf', 'scale=480:480,pad=640:480:80:0', '-pix_fmt', 'yuvj420p', '-q:v', '3', made]);

// Nobody is known for certain, so that a guard is asked.
const yaml = `
site:
  id: yard
  name: {zh: 试验小区, en: Yard}
  zones: [{id: outside, kind: outside, name: {zh: 小区外, en: Outside}}, {id: compound, kind: compound, name: {zh: 小区, en: Compound}}]
  gates: [{id: east, from: outside, to: compound, state: open, name: {zh: 东门, en: East gate}}]
cameras: [{id: tablet-1, gate: east, direction: in, source: browser}]
engine: {models: ${JSON.stringify(join(root, 'models/files'))}, evaluation: true, known: 0.01, unsure: 0.9}
enrolment: {keep_photographs: true}
`;
const house = await openHouse({ yaml, browserArgs: film(made) });
after(() => house.close());
const guard = await house.account(['GUARD']);
const office = await house.account(['OFFICE']);

test('a face that is not certain is compared and let in with one touch', async () => {
  const photos = photographs.slice(1, 4).map((name) => ({ name, data: readFileSync(join(person, name)).toString('base64') }));
  const done = await house.call('PersonService', 'Enroll', { name: '林一', dwelling: '1-1-2-201', photos, consent: { signer: '林一' } }, office);
  assert.ok(done.person, JSON.stringify(done));
  const page = await house.page(guard, { size: tablet });
  await page.goto('/guard/console?gate=east');
  await page.getByText('实时', { exact: true }).waitFor();
  const camera = await house.page(guard, { language: 'en', size: tablet, context: { permissions: ['camera'] } });
  allow(camera, /status of (409|429|503)/);
  await camera.goto('/guard/camera/east');
  await assertAccessible(camera);
  await camera.getByRole('button', { name: 'Start' }).click();
  const touch = page.getByRole('button', { name: /是林一，放行/ });
  await touch.waitFor();
  const review = page.locator('[data-review]').first();
  await review.getByRole('img', { name: '现场人脸' }).waitFor();
  await review.getByRole('img', { name: '林一的登记照片' }).waitFor();
  await assertAccessible(page);
  await touch.click();
  await page.getByText('已放行：林一').waitFor();
  await until(async () => {
    const { passes = [] } = await house.call('PassService', 'ListPasses', { gate: 'east', limit: 20 }, guard);
    return passes.some((view) => view.personName === '林一' && view.pass.means === 'MEANS_GUARD' && view.pass.outcome === 'OUTCOME_ALLOW');
  }, 'the pass is not in the log');
});
