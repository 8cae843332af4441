/** Contrast of every pair of text and ground that the style sheets put together (WCAG 1.4.3). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const css = readFileSync(new URL('../src/style/tokens.css', import.meta.url), 'utf8');

const TEXT = 4.5;
const SHAPE = 3;

const pairs: readonly (readonly [string, readonly string[], number])[] = [
  ['ink', ['paper', 'canvas', 'surface', 'raised', 'hover', 'chosen', 'own'], TEXT],
  ['ink-soft', ['paper', 'canvas', 'surface', 'raised', 'hover', 'chosen'], TEXT],
  ['ink', ['tint-0', 'tint-1', 'tint-2', 'tint-3', 'tint-4', 'tint-5'], TEXT],
  ['own-soft', ['own'], TEXT],
  ['accent', ['paper', 'canvas', 'surface', 'raised', 'hover', 'own'], TEXT],
  ['on-accent', ['accent-fill'], TEXT],
  ['warn', ['paper', 'canvas', 'raised', 'warn-fill', 'hover', 'own'], TEXT],
  ['bad', ['paper', 'canvas', 'raised', 'bad-fill', 'own'], TEXT],
  ['canvas', ['ink'], TEXT],
  ['line-strong', ['paper', 'canvas', 'surface', 'raised'], SHAPE],
];

function colour(name: string, dark: boolean): readonly number[] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const hex = found?.[dark ? 2 : 1];
  assert.ok(hex !== undefined, `no colour ${name}`);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

function luminance(channels: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

describe('tokens', () => {
  for (const dark of [false, true]) {
    it(`contrast in ${dark ? 'dark' : 'light'}`, () => {
      for (const [front, grounds, least] of pairs) {
        for (const ground of grounds) {
          const ratio = contrast(colour(front, dark), colour(ground, dark));
          assert.ok(ratio >= least, `${front} on ${ground}: ${ratio.toFixed(2)} < ${least}`);
        }
      }
    });
  }

  it('no other style sheet names a colour', () => {
    for (const name of ['base', 'controls', 'frame', 'chat', 'sheets']) {
      const text = readFileSync(new URL(`../src/style/${name}.css`, import.meta.url), 'utf8');
      const named = text.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi) ?? [];
      // The code for cameras is black on white in every theme.
      assert.deepEqual(
        named.filter((value) => !['#fff', '#000'].includes(value)),
        [],
        name,
      );
    }
  });
});
