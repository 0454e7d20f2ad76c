// The guard's story: passes as they happen, a temperature entered over a lost connection; the display beside the gate.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { allow, assertWell, look, openHouse, tablet } from './harness.mjs';

const house = await openHouse();
after(() => house.close());
const guard = await house.account(['GUARD']);

test('a guard sees passes as they happen', async () => {
  const page = await house.page(guard, { language: 'en', size: tablet });
  await page.goto('/guard/console');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('[data-pass]').first().waitFor();
  await look(page, 'guard-console', { axe: false });
  assertWell(page);
});

test('what is entered while the connection is lost is sent when it is back', async () => {
  const page = await house.page(guard, { language: 'en', size: tablet });
  allow(page, /./);
  await page.goto('/guard/console');
  const measure = page.getByRole('button', { name: /^Temperature/ }).first();
  await measure.waitFor();
  await measure.click();
  await page.context().setOffline(true);
  const sent = page.waitForResponse((response) => response.url().endsWith('/RecordTemperature') && response.ok());
  await page.getByRole('button', { name: '36.5', exact: true }).click();
  await page.getByText(/1 kept on this device/).waitFor();
  assert.equal(JSON.parse(await page.evaluate(() => localStorage.getItem('menshen.guard.outbox'))).length, 1);
  await page.context().setOffline(false);
  await sent;
  await page.getByText(/kept on this device/).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => localStorage.getItem('menshen.guard.outbox')), null);
});

test('the display shows no name', async () => {
  const page = await house.page(guard, { language: 'en', size: tablet });
  await page.goto('/guard/console');
  const gate = (await page.locator('[data-pass]').first().getAttribute('data-pass')).split(':')[0];
  await page.goto(`/display/${gate}`);
  await page.getByText(/Look into the camera|Welcome|Please/).first().waitFor();
  await look(page, 'guard-display', { axe: false });
});
