// How long the first page takes in a browser that has nothing of it yet: from the start of navigation until the form to sign in
// can be used: it is there, and the next frame is drawn. Run by hand: node web/ui/e2e/measure/firstpage.mjs [times]. The processor
// is slowed for a cheap tablet too. The browser has a moment for its own new window before, and the page itself keeps the time.
import { openHouse } from '../harness.mjs';

const times = Number(process.argv[2] ?? 9);
const house = await openHouse({ people: 20 });
try {
  const browser = await house.browser();
  for (const slower of [1, 4]) {
    const ready = [];
    let script = 0;
    for (let i = 0; i < times; i++) {
      const context = await browser.newContext({ locale: 'zh-CN' });
      const page = await context.newPage();
      const devTools = await context.newCDPSession(page);
      await devTools.send('Network.enable');
      await devTools.send('Network.setCacheDisabled', { cacheDisabled: true });
      await devTools.send('Emulation.setCPUThrottlingRate', { rate: slower });
      const answers = [];
      page.on('response', (response) => new URL(response.url()).pathname.endsWith('.js') && answers.push(response));
      await page.addInitScript(() => {
        const watch = new MutationObserver(() => {
          if (!document.querySelector('input[type=password]')) return;
          watch.disconnect();
          requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.ready = performance.now())));
        });
        watch.observe(document, { childList: true, subtree: true });
      });
      await page.waitForTimeout(2000);
      await page.goto(house.url);
      ready.push(await (await page.waitForFunction(() => globalThis.ready)).jsonValue());
      script = 0;
      for (const answer of answers) script += (await answer.request().sizes()).responseBodySize;
      await context.close();
    }
    ready.sort((a, b) => a - b);
    console.log(`processor ÷ ${slower}: median ${Math.round(ready[times >> 1])} ms, slowest ${Math.round(ready[times - 1])} ms, script ${Math.round(script / 1024)} KB compressed`);
  }
} finally {
  await house.close();
}
