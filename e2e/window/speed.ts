/**
 * How quick the window is, in Chromium over a fake daemon: `node e2e/window/speed.ts` prints one
 * JSON object. Figures of a busy machine mean little.
 */
import type { TestContext } from 'node:test';
import { startStage } from './lib/browser.ts';

const LARGE = 10_000;
const RATE = 50;
const KEYS = 100;

const endings: (() => unknown)[] = [];
const context = { after: (end: () => unknown) => endings.push(end) } as unknown as TestContext;
const stage = await startStage(context);
const { daemon } = stage;
const bob = daemon.addContact('Bob');
const chiara = daemon.addContact('Chiara');
for (let i = 0; i < LARGE; i++)
  daemon.receive(bob.id, `message ${i} ${'word '.repeat(i % 30)}`, {}, true);

const page = await stage.enter();
await page.getByRole('navigation').waitFor();
const firstPaint = await page.evaluate(
  () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
);

/** From the click to the frame that shows the newest message. */
const openLarge = await page.evaluate(async () => {
  const row = [...document.querySelectorAll<HTMLElement>('.row')].find((one) =>
    one.textContent?.includes('Bob'),
  );
  const started = performance.now();
  row?.click();
  while (document.querySelectorAll('.message').length === 0) {
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - started;
});

const flood = setInterval(() => daemon.receive(chiara.id, `flood ${Date.now()}`), 1_000 / RATE);
const floodHere = setInterval(() => daemon.receive(bob.id, `here ${Date.now()}`), 1_000);
const field = page.getByRole('textbox', { name: /^Message to/ });
await field.focus();
/** From the key to the frame after it, as the page measures it. */
await page.evaluate(() => {
  const times: number[] = [];
  Object.assign(globalThis, { times });
  document.querySelector('textarea')?.addEventListener('input', (event) => {
    const began = event.timeStamp;
    requestAnimationFrame(() => times.push(performance.now() - began));
  });
});
for (let i = 0; i < KEYS; i++) {
  await page.keyboard.press('x');
  await page.waitForTimeout(20);
}
clearInterval(flood);
clearInterval(floodHere);
const times = await page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
times.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round((times[Math.floor(times.length * share)] ?? -1) * 10) / 10;

const figures = {
  first_paint_ms: Math.round(firstPaint),
  open_10000_ms: Math.round(openLarge),
  typing_p50_ms: at(0.5),
  typing_p95_ms: at(0.95),
};
process.stdout.write(`${JSON.stringify({ bench: 'window', figures })}\n`);
stage.troubles.length = 0;
for (const end of endings) await end();
process.exit();
