/** The parts of trust, wired together. */
import type { Millis } from '@tacet/base';
import { Codes } from './codes.ts';
import { InPerson } from './in-person.ts';
import { type IntroductionDeps, Introductions } from './introductions.ts';
import { NewKeys } from './new-keys.ts';
import { Safety } from './safety.ts';

export interface TrustParts {
  readonly safety: Safety;
  readonly codes: Codes;
  readonly inPerson: InPerson;
  readonly introductions: Introductions;
  readonly newKeys: NewKeys;
  /** Every few minutes: what has a time ends. */
  expire(now: Millis): void;
}

export function joinTrust(deps: IntroductionDeps): TrustParts {
  const codes = new Codes(deps);
  const inPerson = new InPerson(deps);
  const introductions = new Introductions(deps);
  return {
    safety: new Safety(deps),
    codes,
    inPerson,
    introductions,
    newKeys: new NewKeys(deps),
    expire(now) {
      codes.expire(now);
      inPerson.expire(now);
      introductions.expire(now);
    },
  };
}
