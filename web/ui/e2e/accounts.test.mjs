// Accounts: security keys, authenticator apps, the site's own provider of sign-ins, devices that are signed out from afar, and two people
// at one screen. The provider is a small real one: discovery, PKCE and signed tokens over HTTP.
import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { allow, look, nextCode, openHouse, until } from './harness.mjs';

const secret = randomBytes(12).toString('hex');
const provider = await openProvider();
after(() => provider.close());
const secretFile = join(tmpdir(), `menshen-oidc-${randomBytes(6).toString('hex')}`);
writeFileSync(secretFile, secret, { mode: 0o600 });
const house = await openHouse({
  people: 60,
  days: 0,
  yaml: `web: {listen: "127.0.0.1:0", oidc: {issuer: "${provider.issuer}", client_id: menshen, secret_file: ${JSON.stringify(secretFile)}, name: 社区统一登录}}`,
});
after(() => house.close());

/** A provider of sign-ins that vouches for whom claims names. */
async function openProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const asked = new Map();
  const it = { claims: {}, refuse: false, issuer: '' };
  const server = createServer((request, response) => {
    const url = new URL(request.url, it.issuer);
    const json = (value, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname === '/.well-known/openid-configuration') {
      json({ issuer: it.issuer, authorization_endpoint: `${it.issuer}/authorize`, token_endpoint: `${it.issuer}/token`, jwks_uri: `${it.issuer}/keys`, id_token_signing_alg_values_supported: ['RS256'] });
    } else if (url.pathname === '/keys') {
      json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] });
    } else if (url.pathname === '/authorize') {
      const code = randomBytes(12).toString('hex');
      asked.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri').replace('127.0.0.1', 'localhost'));
      for (const [name, value] of Object.entries({ state: url.searchParams.get('state'), ...(it.refuse ? { error: 'access_denied' } : { code }) })) back.searchParams.set(name, value);
      response.writeHead(302, { Location: back.toString() }).end();
    } else if (url.pathname === '/token') {
      let text = '';
      request.on('data', (data) => (text += data));
      request.on('end', () => {
        const form = new URLSearchParams(text);
        const query = asked.get(form.get('code'));
        asked.delete(form.get('code'));
        const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
        const [id, password] = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString().split(':');
        if (!query || query.get('code_challenge') !== challenge || id !== 'menshen' || password !== secret) return json({ error: 'invalid_grant' }, 400);
        const now = Math.floor(Date.now() / 1000);
        const body = `${encode({ alg: 'RS256', kid: '1' })}.${encode({ iss: it.issuer, aud: 'menshen', iat: now, exp: now + 300, nonce: query.get('nonce'), ...it.claims })}`;
        json({ access_token: 'x', token_type: 'Bearer', id_token: `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}` });
      });
    } else response.writeHead(404).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  it.issuer = `http://127.0.0.1:${server.address().port}`;
  it.close = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return it;
}

/** An authenticator in the browser that answers for its holder. */
async function virtualKey(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return { session, authenticatorId };
}

test('a security key is added, signed in with, and goes with a proof only', async () => {
  const account = await house.account(['GUARD'], { shown: '周师傅' });
  const page = await house.page(account);
  allow(page, /status of 40[0-3]/);
  await virtualKey(page);
  await page.goto('/account');
  await page.getByRole('button', { name: '添加第二步验证' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('tab', { name: '安全密钥或通行密钥' }).click();
  await dialog.getByLabel('密钥名称').fill('蓝色密钥');
  await look(page, 'account-add-key');
  await dialog.getByRole('button', { name: '使用安全密钥或通行密钥' }).click();
  await page.getByRole('cell', { name: '蓝色密钥', exact: true }).waitFor();

  await page.getByRole('button', { name: '周师傅' }).click();
  await page.getByRole('menuitem', { name: '退出登录' }).click();
  await page.getByLabel('账号', { exact: true }).fill(account.name);
  await page.getByLabel('密码', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('button', { name: '使用安全密钥或通行密钥' }).click();
  await page.getByRole('button', { name: '周师傅' }).waitFor();

  await page.goto('/account');
  await page.getByRole('row', { name: '蓝色密钥' }).getByRole('button', { name: /删除/ }).click();
  await page.getByRole('dialog').locator('input[type=password]').fill('not the password');
  await page.getByRole('dialog').getByRole('button', { name: /删除/ }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await look(page, 'account-prove');
  await page.getByRole('dialog').getByText('密钥', { exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: /删除/ }).click();
  await page.getByText('还没有。添加后').waitFor();
  await page.context().close();
});

test('a device that is signed out from another one ends at once', async () => {
  const account = await house.account(['GUARD'], { shown: '吴师傅' });
  const there = await house.page(account, { language: 'en' });
  allow(there, /status of 401/);
  await there.goto('/guard/console');
  await there.getByRole('button', { name: '吴师傅' }).waitFor();
  const elsewhere = { name: account.name, password: account.password, cookie: '' };
  await house.signIn(elsewhere);
  const page = await house.page(elsewhere, { language: 'en' });
  await page.goto('/account');
  await page.getByRole('row').filter({ hasNotText: 'This one' }).getByRole('button', { name: /Sign/ }).first().click();
  await page.getByRole('tooltip').getByRole('button').last().click();
  await there.getByRole('dialog').getByLabel('Password', { exact: true }).waitFor();
  await page.context().close();
  await there.context().close();
});

test('who signs in at the screen of another sees nothing of them', async () => {
  const first = await house.account(['AUDITOR'], { shown: '孙审计' });
  const second = await house.account(['GUARD'], { shown: '马师傅' });
  const page = await house.page(first, { language: 'en' });
  allow(page, /status of 401/);
  await page.goto('/auditor/audit');
  await page.getByRole('row').nth(3).waitFor();
  await house.call('SignInService', 'SignOut', {}, { cookie: first.cookie });
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('textbox', { name: 'Whom it is about' }).fill('x');
  await page.getByRole('button', { name: 'Search' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Account', { exact: true }).fill(second.name);
  await dialog.getByLabel('Password', { exact: true }).fill(second.password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: '马师傅' }).waitFor();
  assert.equal(await page.getByRole('cell', { name: /account@/ }).count(), 0);
  await page.getByText('Your role may not see this page').waitFor();
  await page.context().close();
});

test('guessing elsewhere does not keep the holder out of a browser that is known', async () => {
  const account = await house.account(['OFFICE']);
  assert.match(account.cookie, /__Host-menshen-device=/);
  const device = account.cookie.split('; ').find((cookie) => cookie.startsWith('__Host-menshen-device='));
  for (let n = 0; n < 8; n++) await house.tryCall('SignInService', 'SignIn', { name: account.name, password: 'guess and guess' }, { cookie: '' });
  assert.equal((await house.tryCall('SignInService', 'SignIn', { name: account.name, password: account.password }, { cookie: '' })).status, 429);
  assert.equal((await house.tryCall('SignInService', 'SignIn', { name: account.name, password: account.password }, { cookie: device })).status, 200);
});

test("the site's own provider of sign-ins lets in whom an operator invited, and asks investigators for a second step", async () => {
  const elsewhere = new RegExp(`another host: ${provider.issuer}`);
  provider.claims = { sub: '42', email: 'Chen@gate.example', email_verified: true, name: '陈医生' };
  const page = await house.page(undefined);
  allow(page, elsewhere);
  await page.goto('/investigation/cases');
  await look(page, 'sign-in-provider');
  await page.getByRole('link', { name: '用社区统一登录登录' }).click();
  await page.getByText('这里没有您在社区统一登录的账号').waitFor();
  await look(page, 'sign-in-provider-unknown');
  const { account } = await house.call('AccountService', 'InviteAccount', { name: 'chen@gate.example', shown: '陈医生', roles: ['ROLE_INVESTIGATOR'] });
  provider.refuse = true;
  await page.getByRole('link', { name: '用社区统一登录登录' }).click();
  await page.getByText('没有用社区统一登录登录').waitFor();
  provider.refuse = false;
  await page.goto('/investigation/cases');
  await page.getByRole('link', { name: '用社区统一登录登录' }).click();
  await page.locator('code').waitFor();
  const kept = { secret: (await page.locator('code').textContent()).trim() };
  await page.getByLabel('六位验证码').fill(await nextCode(kept));
  await page.getByRole('button', { name: '验证', exact: true }).click();
  await page.getByRole('button', { name: '陈医生' }).waitFor();
  await until(() => new URL(page.url()).pathname === '/investigation/cases', 'the way in did not lead back');

  // Another person of the same address is not the same person.
  provider.claims = { ...provider.claims, sub: '43' };
  const other = await house.page(undefined, { language: 'en' });
  allow(other, elsewhere);
  await other.goto('/');
  await other.getByRole('link', { name: /社区统一登录/ }).click();
  await other.getByText('社区统一登录 cannot sign you in').waitFor();
  await look(other, 'sign-in-provider-refused');
  // An answer that this browser did not ask for lets nobody in.
  const forged = await fetch(`${house.url}/oidc/callback?state=x&code=y`, { redirect: 'manual' });
  assert.deepEqual([forged.status, forged.headers.get('location')], [303, '/?oidc=expired']);
  const actions = (await house.call('AuditService', 'ListAudit', { action: 'account.sign_in' })).entries.map(({ action }) => action);
  assert.ok(actions.includes('account.sign_in_outside') && actions.includes('account.sign_in_failed'), actions.join());
  assert.equal((await house.call('AccountService', 'ListAccounts')).accounts.find(({ id }) => id === account.id).invited ?? false, false);
});
