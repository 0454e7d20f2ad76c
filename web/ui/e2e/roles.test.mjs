// Who may not see and do what: every page and every call, for every role, with the real server. The pages come from their own
// definitions and the calls from the API's description, so that a new one is tried by itself; what is allowed is written out by hand in
// web/role_account_test.go.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { createServer } from 'vite';

import { look, openHouse, root, until } from './harness.mjs';

const roles = ['GUARD', 'OFFICE', 'INVESTIGATOR', 'APPROVER', 'OPERATOR', 'AUDITOR'];
const letters = { GUARD: 'g', OFFICE: 'f', INVESTIGATOR: 'i', APPROVER: 'a', OPERATOR: 'o', AUDITOR: 'u' };
const numbers = { GUARD: 1, OFFICE: 2, INVESTIGATOR: 3, APPROVER: 4, OPERATOR: 5, AUDITOR: 6 };
const refusal = { 'zh-CN': '您的角色不能看这个页面', en: 'Your role may not see this page' };

let house;
const accounts = {};
before(async () => {
  house = await openHouse({ people: 60, days: 0 });
  for (const role of roles) accounts[role] = await house.account([role]);
});
after(() => house.close());

/** Every page as it is defined: its address and who may see it. */
async function definedPages() {
  const folder = join(root, 'web/ui');
  const vite = await createServer({ root: folder, configFile: false, appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true }, server: { middlewareMode: true, ws: false } });
  try {
    const all = [];
    for (const area of readdirSync(join(folder, 'src/pages'))) {
      const index = readdirSync(join(folder, 'src/pages', area)).find((name) => /^index\.tsx?$/.test(name));
      assert.ok(index, `${area} defines no pages`);
      all.push(...(await vite.ssrLoadModule(`/src/pages/${area}/${index}`)).pages);
    }
    return all.map(({ path, roles: may }) => ({ path, roles: may }));
  } finally {
    await vite.close();
  }
}

/** What each account may call, as the table of the server's own test has it. */
function rights() {
  const table = readFileSync(join(root, 'web/role_account_test.go'), 'utf8').split('var accountRights')[1].split('var accountRoles')[0];
  return new Map([...table.matchAll(/"(\w+Service\/\w+)": +"([gfiaou*-]+)"/g)].map(([, procedure, may]) => [procedure, may]));
}

test('every page refuses the wrong roles', async () => {
  const pages = await definedPages();
  assert.ok(pages.length >= 12, `only ${pages.length} pages are defined`);
  for (const [index, role] of roles.entries()) {
    const language = index % 2 ? 'en' : 'zh-CN';
    const page = await house.page(accounts[role], { language });
    await page.goto('/account');
    await page.getByText(accounts[role].name, { exact: true }).first().waitFor();
    const refused = pages.filter((one) => one.roles.length > 0 && !one.roles.includes(numbers[role]));
    assert.ok(refused.length > 0, `${role} is refused no page`);
    for (const { path } of refused) {
      const address = `/${path.replaceAll(/:\w+\??/g, 'x')}`;
      await page.evaluate((to) => {
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate', { state: null }));
      }, address);
      await until(async () => (await page.title()) !== '' && (await page.locator('.ant-result-403').count()) === 1 && new URL(page.url()).pathname === address, `${role} is not refused ${address}`);
      await page.getByText(refusal[language]).waitFor();
    }
    if (role === 'AUDITOR' || role === 'OPERATOR') await look(page, 'refused-page');
    await page.context().close();
  }
});

test('every call refuses the wrong roles, and whoever is not signed in', async () => {
  const described = [...(await (await fetch(`${house.url}/openapi.yaml`)).text()).matchAll(/^ {2}\/menshen\.v1\.(\w+\/\w+):/gm)].map(([, procedure]) => procedure);
  const may = rights();
  assert.ok(described.length > 90, `only ${described.length} calls are described`);
  assert.deepEqual(described.filter((procedure) => !may.has(procedure)), [], 'calls that nobody decided about');
  let tried = 0;
  for (const procedure of described.filter((one) => may.get(one) !== '*')) {
    const [service, method] = procedure.split('/');
    for (const role of roles.filter((one) => !may.get(procedure).includes(letters[one]))) {
      const { status, answer } = await house.tryCall(service, method, {}, accounts[role]);
      assert.deepEqual([status, answer.code], [403, 'permission_denied'], `${procedure} for ${role}`);
      tried++;
    }
    const { status } = await house.tryCall(service, method, {}, { cookie: '' });
    assert.ok(status === 401 || status === 429, `${procedure} for nobody: ${status}`);
  }
  assert.ok(tried > 300, `only ${tried} calls were refused`);
  // Nothing of it signed anybody out.
  for (const role of roles) assert.equal((await house.call('SignInService', 'GetSession', {}, accounts[role])).step, 'SIGN_IN_STEP_DONE');
  for (const role of roles) assert.equal((await fetch(`${house.url}/metrics`, { headers: { Cookie: accounts[role].cookie } })).status, 403);
});
