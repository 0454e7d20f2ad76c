// What is around the pages, before anybody has signed in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openHouse } from './harness.mjs';

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
