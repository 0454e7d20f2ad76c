// How many frames a second the chain graph draws while it is moved, come closer to and searched: node e2e/measure/chain.mjs [people]
//
// The server and the page are real; what TraceCase answers is a chain of so many people, drawn from a seed. By hand only: what
// it says depends on the machine.
import { openHouse, settled } from '../harness.mjs';

const people = Number(process.argv[2] ?? 5000);
const seconds = 5;
const house = await openHouse({ people: 60 });
try {
  const investigator = await house.account(['INVESTIGATOR']);
  const approver = await house.account(['APPROVER']);
  const { people: [index] } = await house.call('PersonService', 'ListPeople', { limit: 1 }, investigator);
  const onset = new Date(Date.now() - 40 * 3_600_000).toISOString();
  const { case: of } = await house.call('CaseService', 'RequestCase', { number: 'measure', person: index.id, purpose: 'measure', clinical: { onset } }, investigator);
  await house.call('CaseService', 'DecideCase', { case: of.id, approve: true, why: 'measure' }, approver);
  const traced = await house.call('CaseService', 'TraceCase', { case: of.id }, investigator);

  const page = await house.page(investigator);
  await page.route(/CaseService\/TraceCase/, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ ...traced, people: chain(index, people) }) }));
  await page.goto(`/investigation/cases/${of.id}?tab=chain`);
  const graph = page.getByRole('application');
  await graph.waitFor();
  await settled(page);
  await graph.scrollIntoViewIfNeeded();
  const box = await graph.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  console.log(`${people} people, canvas ${Math.round(box.width)} × ${Math.round(box.height)}`);

  const moved = async (name, begin, step, end = async () => {}) => {
    await page.mouse.move(x, y);
    await begin();
    const count = page.evaluate((ms) => new Promise((done) => {
      const times = [];
      const start = performance.now();
      requestAnimationFrame(function next(at) {
        times.push(at);
        if (at - start < ms) requestAnimationFrame(next);
        else done(times);
      });
    }), seconds * 1000);
    let going = true;
    void count.then(() => (going = false));
    for (let i = 0; going; i++) await step(i);
    await end();
    const times = await count;
    const gaps = times.slice(1).map((at, i) => at - times[i]).sort((a, b) => a - b);
    const rate = ((times.length - 1) * 1000) / (times.at(-1) - times[0]);
    console.log(`${name.padEnd(14)} ${rate.toFixed(1)} frames/s, 95 % within ${gaps[Math.floor(gaps.length * 0.95)].toFixed(0)} ms, longest ${gaps.at(-1).toFixed(0)} ms`);
  };
  const circle = (i) => page.mouse.move(x + 200 * Math.sin(i / 12), y + 120 * Math.cos(i / 9));
  const drag = [() => page.mouse.down(), circle, () => page.mouse.up()];
  const wheel = [async () => {}, (i) => page.mouse.wheel(0, i % 60 < 30 ? -40 : 40)];
  await moved('still', async () => {}, () => page.waitForTimeout(50));
  await moved('panning, whole', ...drag);
  await moved('zooming', ...wheel);
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: '放大' }).click();
  await moved('panning, near', ...drag);
  await graph.focus();
  await moved('arrow keys', async () => {}, () => page.keyboard.press('ArrowDown'));
} finally {
  await house.close();
}

/** A chain of so many people over 14 days and some generations, from a seed. */
function chain(index, many) {
  let seed = 7;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const begin = Date.now() - 14 * 86_400_000;
  const all = [{ person: index, generation: 0, at: begin }];
  for (let i = 0; all.length <= many; i++) {
    const from = all[Math.floor(random() * Math.min(all.length, 1 + i / 3))];
    if (from.generation >= 6) continue;
    const at = from.at + 3_600_000 + random() * Math.max(0, Date.now() - from.at - 3_600_000);
    all.push({ person: { id: `p-${i}`, name: `人${i}`, dwelling: `1-1-${1 + (i % 18)}-${i % 900}` }, generation: from.generation + 1, at, from });
  }
  return all.slice(1).map((p) => {
    const exposed = new Date(p.at).toISOString();
    return { person: p.person, index: index.id, generation: p.generation, level: p.generation === 1 ? 'close' : 'secondary', rule: 'lift', exposed, sureness: 0.8, path: [{ from: p.from.person, to: p.person, exposed, exposure: { kind: 'zone', zone: 'lift', from: exposed, to: exposed } }] };
  });
}
