// How the guard console bears many passes: by hand, not in make test.
//
//   node e2e/measure/console.mjs [passes a second, 10] [seconds, 600]
//
// Passes are made at a gate by cards that are shown to its reader, each of another person, and go the way of all passes. Every
// minute the page is measured after a collection of garbage: DOM nodes, listeners, memory of scripts, and how long after its
// decision a pass is in the page.
import { openHouse, tablet } from '../harness.mjs';

const rate = Number(process.argv[2] ?? 10);
const seconds = Number(process.argv[3] ?? 600);
const every = Math.min(60, seconds / 5);

const house = await openHouse({ people: 400, yaml: 'access: {cooldown: 1s}' });
try {
  const guard = await house.account(['GUARD']);
  const office = await house.account(['OFFICE']);
  const { site } = await house.call('SiteService', 'GetSite', {}, guard);
  const gate = site.gates.find((one) => one.from === 'outside');
  const { people } = await house.call('PersonService', 'ListPeople', { limit: 1000 }, guard);
  const residents = people.filter((person) => person.dwelling && person.state === 'active').slice(0, 300);
  for (const [n, person] of residents.entries()) await house.call('CredentialService', 'IssueCredential', { person: person.id, kind: 'card', card: `M${String(n).padStart(7, '0')}` }, office);

  const page = await house.page(guard, { size: tablet });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`/guard/console?gate=${gate.id}`);
  await page.locator('[data-pass]').first().waitFor();
  await page.evaluate(() => {
    globalThis.seen = new Map([...document.querySelectorAll('[data-pass]')].map((card) => [card.dataset.pass, 0]));
    new MutationObserver(() => {
      const now = Date.now();
      for (const card of document.querySelectorAll('[data-pass]')) if (!globalThis.seen.has(card.dataset.pass)) globalThis.seen.set(card.dataset.pass, now);
    }).observe(document.querySelector('.guard'), { childList: true, subtree: true, attributes: true, attributeFilter: ['data-pass'] });
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  await cdp.send('HeapProfiler.enable');

  let made = 0;
  let failed = 0;
  const began = Date.now();
  const open = new Set();
  const show = (n) => {
    const call = house
      .call('GuardService', 'Present', { gate: gate.id, direction: Math.floor(n / residents.length) % 2 ? 'DIRECTION_OUT' : 'DIRECTION_IN', kind: 'card', value: `M${String(n % residents.length).padStart(7, '0')}`, reader: 'reader-1' }, guard)
      .then(() => made++, () => failed++)
      .finally(() => open.delete(call));
    open.add(call);
  };
  console.log('minute  passes  failed  nodes  listeners  scripts MB  list  decision to page, ms: p50  p95  max');
  let shown = 0;
  for (let tick = 0; ; tick++) {
    const at = (Date.now() - began) / 1000;
    if (at >= seconds) break;
    while (shown < at * rate && open.size < 50) show(shown++);
    if (at >= every * (Math.floor(globalThis.measured ?? 0) + 1)) {
      globalThis.measured = (globalThis.measured ?? 0) + 1;
      await measure(at);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  await Promise.all(open);
  await measure((Date.now() - began) / 1000);
  if (errors.length > 0) console.log(`errors in the page: ${errors.join('\n')}`);

  async function measure(at) {
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const of = (name) => metrics.find((one) => one.name === name)?.value ?? 0;
    const list = await page.locator('[data-pass]').count();
    const times = await page.evaluate(() => {
      const all = [...globalThis.seen];
      globalThis.seen = new Map(all.slice(-200).map(([name]) => [name, 0]));
      return all.filter(([, time]) => time > 0);
    });
    const { passes } = await house.call('PassService', 'ListPasses', { gate: gate.id, limit: 400 }, guard);
    const decided = new Map(passes.map(({ pass }) => [`${pass.gate}:${pass.sequence}`, Date.parse(pass.decided)]));
    const waits = times.filter(([name]) => decided.has(name)).map(([name, time]) => time - decided.get(name)).sort((a, b) => a - b);
    const quantile = (q) => waits[Math.min(Math.floor(waits.length * q), waits.length - 1)] ?? '-';
    console.log([(at / 60).toFixed(1), made, failed, of('Nodes'), of('JSEventListeners'), (of('JSHeapUsedSize') / 2 ** 20).toFixed(1), list, quantile(0.5), quantile(0.95), quantile(1)].join('\t'));
  }
} finally {
  await house.close();
}
