/** One figure beside what theory says of it. */
export interface Check {
  readonly name: string;
  readonly measured: number;
  readonly expected: number;
  /** Largest difference that counts as agreement; `at-least` and `at-most` need none. */
  readonly within: number | 'at-least' | 'at-most';
  readonly ok: boolean;
}

export function close(name: string, measured: number, expected: number, within: number): Check {
  return check(name, measured, expected, within, Math.abs(measured - expected) <= within);
}

export function atLeast(name: string, measured: number, expected: number): Check {
  return check(name, measured, expected, 'at-least', measured >= expected);
}

export function atMost(name: string, measured: number, expected: number): Check {
  return check(name, measured, expected, 'at-most', measured <= expected);
}

function check(
  name: string,
  measured: number,
  expected: number,
  within: Check['within'],
  ok: boolean,
): Check {
  return { name, measured: round(measured), expected: round(expected), within, ok };
}

function round(x: number): number {
  return Math.round(x * 1_000) / 1_000;
}
