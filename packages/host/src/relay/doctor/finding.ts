/** One thing the doctor looked at. */
export interface Finding {
  /** `skip`: it could not be looked at, and why. */
  readonly state: 'ok' | 'warn' | 'bad' | 'skip';
  /** A word: `clock`, `disk`. */
  readonly what: string;
  readonly found: string;
  /** What to do; empty when it is well. */
  readonly advice: string;
}

export function ok(what: string, found: string): Finding {
  return { state: 'ok', what, found, advice: '' };
}

export function warn(what: string, found: string, advice: string): Finding {
  return { state: 'warn', what, found, advice };
}

export function bad(what: string, found: string, advice: string): Finding {
  return { state: 'bad', what, found, advice };
}

export function skip(what: string, found: string, advice: string): Finding {
  return { state: 'skip', what, found, advice };
}
