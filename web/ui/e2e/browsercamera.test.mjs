// A tablet at a gate is its camera: its frames go to the camera's process, which finds the face in them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { allow, film, openHouse, root, shared, tablet } from './harness.mjs';

const folder = mkdtempSync(join(tmpdir(), 'menshen-film-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const person = join(shared, 'testdata/faces/Yoko_Ono');
const photographs = readdirSync(person).filter((name) => name.endsWith('.jpg')).sort();
const picture = join(person, photographs[0]);
const made = join(folder, 'face.mjpeg');
execFileSync('ffmpeg', ['-loglevel', 'error', '-loop', '1', '-i', picture, '-t', '3', '-r', '10', '-vf', 'scale=480:480,pad=640:480:80:0', '-pix_fmt', 'yuvj420p', '-q:v', '3', made]);

const yaml = `
site:
  id: yard
  name: {zh: 试验小区, en: Yard}
  zones: [{id: outside, kind: outside, name: {zh: 小区外, en: Outside}}, {id: compound, kind: compound, name: {zh: 小区, en: Compound}}]
  gates: [{id: east, from: outside, to: compound, state: open, name: {zh: 东门, en: East gate}}]
cameras: [{id: tablet-1, gate: east, direction: in, source: browser}]
`;
const house = await openHouse({ yaml: `engine: {models: ${JSON.stringify(join(root, 'models/files'))}, evaluation: true}\n${yaml}`, browserArgs: film(made) });
after(() => house.close());
const guard = await house.account(['GUARD']);
const office = await house.account(['OFFICE']);

test('the camera of the tablet is that of the gate', async () => {
  const page = await house.page(guard, { language: 'en', size: tablet, context: { permissions: ['camera'] } });
  allow(page, /status of (429|503)/);
  await page.goto('/guard/camera/east');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText(/(One face|[1-9] faces) in the picture/).waitFor();
  await page.close();
});

test('whoever is enrolled passes before it', async () => {
  const photos = photographs.slice(0, 3).map((name) => ({ name, data: readFileSync(join(person, name)).toString('base64') }));
  const done = await house.call('PersonService', 'Enroll', { name: '林一', dwelling: '1-1-2-201', photos, consent: { signer: '林一' } }, office);
  assert.ok(done.person, JSON.stringify(done));
  const camera = await house.page(guard, { language: 'en', size: tablet, context: { permissions: ['camera'] } });
  allow(camera, /status of (409|429|503)/);
  await camera.goto('/guard/camera/east');
  await camera.getByRole('button', { name: 'Start' }).click();
  const page = await house.page(guard, { language: 'en', size: tablet });
  await page.goto('/guard/console?gate=east');
  await page.locator('[data-pass]', { hasText: '林一' }).first().waitFor();
  await page.getByRole('img', { name: 'Face at the gate' }).first().waitFor();
});
