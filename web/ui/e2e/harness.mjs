// A real Menshen with a simulated community for each story, accounts to sign in with, and a browser that forgives nothing:
// errors in the console, scripts that break, what the content security policy refuses and requests to other hosts end a story.
//
//   const house = await openHouse();
//   after(() => house.close());
//   const guard = await house.account(['GUARD']);
//   const page = await house.page(guard, { language: 'en' });
//   await page.goto('/guard/passes');
//   await look(page, 'guard-passes');
//
// MENSHEN_BIN names another binary than bin/menshen.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const shared = resolve(root, '../shared');

export const binary = process.env.MENSHEN_BIN ?? join(root, 'bin/menshen');
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const pictures = join(root, 'build/screenshots');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How long anything may take before a story gives up, in milliseconds. It is no promise of speed: machines are busy. */
export const patience = 60_000;

/** The sizes of screens that pages are looked at on. */
export const desk = { width: 1280, height: 800 };
export const tablet = { width: 1024, height: 768 };
export const telephone = { width: 412, height: 915 };

/**
 * Starts Menshen in a folder of its own.
 *
 * yaml: more of menshen.yaml; replaces the simulation if it has cameras.
 * people, days: of the simulated community.
 * setUp: false leaves the first account to the story.
 * browserArgs: more for Chromium, such as a film for the camera (see film).
 */
export async function openHouse({ yaml = '', people = 120, days = 1, setUp = true, browserArgs = [] } = {}) {
  assert.ok(existsSync(binary), `${binary} is not there: run make build`);
  const folder = mkdtempSync(join(tmpdir(), 'menshen-e2e-'));
  const lines = [
    /^web:/m.test(yaml) ? '' : 'web: {listen: "127.0.0.1:0"}',
    /^bus:/m.test(yaml) ? '' : 'bus: {listen: "127.0.0.1:0"}',
    /^engine:/m.test(yaml) ? '' : `engine: {models: ${JSON.stringify(join(root, 'models/files'))}}`,
    /^simulation:/m.test(yaml) ? '' : `simulation: {people: ${people}, seed: 1, days: ${days}}`,
    yaml,
  ];
  writeFileSync(join(folder, 'menshen.yaml'), lines.join('\n'), { mode: 0o600 });
  const house = new House(folder, browserArgs);
  try {
    await house.start();
    if (setUp) await house.setUp();
  } catch (error) {
    await house.close();
    throw error;
  }
  return house;
}

/** What makes Chromium take a film (.y4m or .mjpeg) for its camera, without asking. */
export function film(path) {
  return ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${path}`];
}

class House {
  #process;
  #browser;
  #browserArgs;
  #pages = [];
  #names = 0;

  constructor(folder, browserArgs) {
    this.folder = folder;
    this.output = '';
    this.log = '';
    this.#browserArgs = browserArgs;
  }

  /** Starts the process and waits until it answers. Also after stop. */
  async start() {
    const from = this.output.length;
    const process_ = spawn(binary, ['serve'], { cwd: this.folder, env: { ...process.env, MENSHEN_BIN: undefined, LANG: 'en_GB.UTF-8' }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = process_;
    process_.stdout.on('data', (data) => (this.output += data));
    process_.stderr.on('data', (data) => (this.log += data));
    const address = await until(() => {
      assert.equal(process_.exitCode, null, `menshen serve ended:\n${this.output}\n${this.log}`);
      return this.output.slice(from).match(/http:\/\/[\w.]+:(\d+)/);
    }, 'menshen serve does not tell its address');
    // Security keys are for names, not for numbers.
    this.url = `http://localhost:${address[1]}`;
    await until(() => fetch(`${this.url}/healthz`).then(() => true, () => false), 'menshen serve does not answer');
  }

  /** Ends the process as Ctrl-C does. */
  async stop(signal = 'SIGTERM') {
    const ending = this.#process;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((done) => ending.once('exit', done));
    ending.kill(signal);
    const late = setTimeout(() => ending.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
  }

  /** Starts the process anew at the same address. */
  async restart() {
    const port = new URL(this.url).port;
    const file = join(this.folder, 'menshen.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"127.0.0.1:0"}', `"127.0.0.1:${port}"}`));
    await this.stop();
    await this.start();
  }

  /** The one-time code that the terminal shows while there is no account. */
  async setUpCode() {
    const found = await until(() => this.output.match(/set-up\?code=([\w-]+)/), 'the terminal shows no set-up code');
    return found[1];
  }

  /** Makes the first account, an operator. */
  async setUp() {
    this.operator = { name: 'first', password: password(), cookie: '' };
    await this.call('SignInService', 'SetUp', { code: await this.setUpCode(), name: 'first', shown: '李主任', password: this.operator.password }, this.operator);
    await this.#addFactorIfRequired(this.operator);
  }

  /** Makes an account with roles, such as ['GUARD'], that is signed in. */
  async account(roles, { shown } = {}) {
    this.#names++;
    const account = { name: `${roles[0].toLowerCase()}${this.#names}`, shown: shown ?? `${surnames[this.#names % surnames.length]}工`, password: password(), cookie: '', roles };
    const invited = await this.call('AccountService', 'InviteAccount', { name: account.name, shown: account.shown, roles: roles.map((role) => `ROLE_${role}`) }, this.operator);
    account.id = invited.account.id;
    const code = new URL(invited.link, this.url).searchParams.get('code');
    await this.call('SignInService', 'AcceptInvitation', { code, password: account.password }, account);
    await this.#addFactorIfRequired(account);
    return account;
  }

  /** Signs an account in anew, with its second factor. */
  async signIn(account) {
    account.cookie = '';
    const { session } = await this.call('SignInService', 'SignIn', { name: account.name, password: account.password }, account);
    if (session.step === 'SIGN_IN_STEP_SECOND_FACTOR') await this.call('SignInService', 'AnswerCode', { code: await nextCode(account) }, account);
    return account;
  }

  async #addFactorIfRequired(account) {
    const session = await this.call('SignInService', 'GetSession', {}, account);
    if (session.step !== 'SIGN_IN_STEP_ADD_SECOND_FACTOR') return;
    const { secret } = await this.call('AccountService', 'BeginCodeFactor', {}, account);
    account.secret = secret;
    await this.call('AccountService', 'AddCodeFactor', { secret, code: await nextCode(account) }, account);
  }

  /** Calls the API as an account; gives the answer, throws what it refuses with its code. */
  async call(service, method, request = {}, account = this.operator) {
    const { status, answer } = await this.tryCall(service, method, request, account);
    if (status !== 200) throw Object.assign(new Error(`${service}.${method}: ${status} ${answer.code}: ${answer.message}`), { code: answer.code });
    return answer;
  }

  /** The same for calls that may be refused: gives the HTTP status too. */
  async tryCall(service, method, request = {}, account = this.operator) {
    const headers = { 'Content-Type': 'application/json', 'Accept-Language': 'en' };
    if (account?.cookie) headers.Cookie = account.cookie;
    const response = await fetch(`${this.url}/menshen.v1.${service}/${method}`, { method: 'POST', headers, body: JSON.stringify(request) });
    const set = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (account && set.length > 0) account.cookie = set.filter((cookie) => !cookie.endsWith('=')).join('; ');
    const text = await response.text();
    try {
      return { status: response.status, answer: text ? JSON.parse(text) : {} };
    } catch {
      return { status: response.status, answer: { code: 'not JSON', message: text } };
    }
  }

  /** Chromium, started at the first call. */
  async browser() {
    this.#browser ??= await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--lang=zh-CN', ...this.#browserArgs] });
    return this.#browser;
  }

  /**
   * Opens a page in a browser of its own, signed in as account (nobody without one).
   * language: 'zh-CN' or 'en'; size: desk, tablet or telephone; night: dark; touch: a finger, no mouse; context: more of
   * Playwright's newContext. The browser is in another time zone than the site: pages show the site's.
   */
  async page(account, { language = 'zh-CN', size = desk, night = false, touch = false, context: more = {} } = {}) {
    const browser = await this.browser();
    const context = await browser.newContext({
      baseURL: this.url, viewport: size, locale: language, timezoneId: 'America/New_York', hasTouch: touch, reducedMotion: 'reduce', ...more,
    });
    context.setDefaultTimeout(patience);
    if (account?.cookie) {
      await context.addCookies(
        account.cookie.split('; ').map((cookie) => {
          const [name, ...value] = cookie.split('=');
          return { name, value: value.join('='), domain: new URL(this.url).hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' };
        }),
      );
    }
    await context.addInitScript(
      ([tongue, dark]) => {
        try {
          if (!localStorage.getItem('menshen.language')) localStorage.setItem('menshen.language', tongue);
          if (!localStorage.getItem('menshen.night')) localStorage.setItem('menshen.night', dark ? 'yes' : 'no');
        } catch {
          // about:blank keeps nothing
        }
        addEventListener('securitypolicyviolation', (event) => console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
      },
      [language, night],
    );
    const page = await context.newPage();
    this.#watch(page);
    return page;
  }

  #watch(page) {
    const state = { page, problems: [], allowed: [] };
    this.#pages.push(state);
    watched.set(page, state);
    const trouble = (text) => {
      if (!state.allowed.some((pattern) => pattern.test(text))) state.problems.push(text);
    };
    page.on('console', (message) => message.type() === 'error' && trouble(`console: ${message.text()} (${message.location().url})`));
    page.on('pageerror', (error) => trouble(`error: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!['data:', 'blob:', 'about:'].includes(url.protocol) && url.host !== new URL(this.url).host) trouble(`a request to another host: ${url}`);
    });
  }

  /** Ends browser and process, removes the folder, and fails if anything was wrong in a page. */
  async close() {
    const problems = this.#pages.flatMap(({ problems: found }) => found);
    await this.#browser?.close();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(problems, [], 'the pages had errors');
  }
}

const watched = new WeakMap();
const surnames = ['王', '李', '张', '刘', '陈', '杨', '赵', '周', '吴', '徐'];

/** Says that a story provokes errors, such as /status of 401/; without it they fail the story. */
export function allow(page, ...patterns) {
  watched.get(page).allowed.push(...patterns);
}

/** Fails if anything was wrong in a page until now. */
export function assertWell(page) {
  assert.deepEqual(watched.get(page).problems, [], `errors at ${page.url()}`);
}

/**
 * Looks at a page when it has loaded: keeps a picture as build/screenshots/<language>/<name>.png, and fails with what axe finds
 * serious or critical, and with what went wrong until now. axe: false leaves axe out; full: the whole length.
 */
export async function look(page, name, { axe: ask = true, full = false } = {}) {
  await settled(page);
  const language = await page.evaluate(() => document.documentElement.lang || 'zh-CN');
  const file = join(pictures, language === 'en' ? 'en' : 'zh', `${name}.png`);
  mkdirSync(dirname(file), { recursive: true });
  await page.screenshot({ path: file, fullPage: full, animations: 'disabled' });
  if (ask) await assertAccessible(page);
  assertWell(page);
}

/** Waits until nothing says any more that it is loading. */
export async function settled(page) {
  await page.waitForFunction(
    () => document.querySelector('#root')?.childElementCount && !document.querySelector('.ant-skeleton-active, .ant-spin-spinning, .ant-btn-loading'),
    undefined,
    { timeout: patience },
  );
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
}

/** Fails with what axe finds serious or critical in a page. */
export async function assertAccessible(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  // What still fades in or out has colours that nobody is meant to read.
  await page.evaluate(() => document.getAnimations().forEach((animation) => { try { animation.finish(); } catch { /* an endless one */ } }));
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => `${violation.impact} ${violation.id}: ${violation.help}\n  ${violation.nodes.slice(0, 5).map((node) => `${node.target.join(' ')}  ${node.html.slice(0, 160)}  ${node.any[0]?.message ?? ''}`).join('\n  ')}`);
  });
  assert.deepEqual(found, [], `axe at ${page.url()}`);
}

/** Asks again and again until there is an answer; says what is missing when patience ends. */
export async function until(ask, missing, wait = patience) {
  for (const end = Date.now() + wait; Date.now() < end; ) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(missing);
}

/** A password that no story shares with another. */
export function password() {
  return `Gate-${randomBytes(9).toString('base64url')}`;
}

/** The code that an authenticator app shows at a step of 30 seconds (RFC 6238). */
export function codeAt(secret, step) {
  const bits = [...secret.replace(/=+$/, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const sum = createHmac('sha1', key).update(counter).digest();
  const at = sum[19] & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The next code of an account that was not used yet: each is good once. Waits for it if it has to. */
export async function nextCode(account) {
  const now = () => Math.floor(Date.now() / 30_000);
  const step = Math.max(now(), (account.step ?? 0) + 1);
  await until(() => step <= now() + 1, 'the clock stands still');
  account.step = step;
  return codeAt(account.secret, step);
}
