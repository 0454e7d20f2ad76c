import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { look, openHouse, patience } from './harness.mjs';

const house = await openHouse();
after(() => house.close());

for (const language of ['zh-CN', 'en']) {
  test(`office finds a person and reads their page (${language})`, { timeout: 2 * patience }, async () => {
    const office = await house.account(['OFFICE']);
    const page = await house.page(office, { language });
    await page.goto('/office/people');
    const first = page.locator('tbody a').first();
    await first.waitFor({ timeout: patience });
    const name = (await first.textContent()) ?? '';
    assert.notEqual(name, '');
    await look(page, `office-people-${language}`);

    await page.getByRole('searchbox').fill(name);
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === name);
    await page.locator('tbody a', { hasText: name }).first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor({ timeout: patience });
    await look(page, `office-person-${language}`);

    await page.goto('/office/people?q=%F0%9F%90%BC');
    await page.getByText(language === 'en' ? 'Nobody was found' : '没有找到').waitFor({ timeout: patience });
  });
}
