/** What the methods of trust ask of a person's machine (docs/spec/15-trust.md). */
import type {
  CodeView,
  ContactView,
  IntroductionView,
  MeetCodeView,
  ReachView,
  ScanView,
  TrustFactView,
} from '@tacet/api';
import type { Millis } from '@tacet/base';

/** Evidence of trust, and safety numbers. */
export interface Safety {
  facts(idOrName: string): readonly TrustFactView[];
  /** Settles when the session's own code has worked it out. */
  number(
    idOrName: string,
    now: Millis,
  ): Promise<{ readonly contactId: string; readonly digits: string }>;
  compared(idOrName: string, found: 'same' | 'different' | 'taken-back', now: Millis): void;
}

/** Short codes. */
export interface Codes {
  start(idOrName: string, now: Millis): CodeView;
  get(idOrName: string, now: Millis): CodeView;
  say(idOrName: string, found: 'same' | 'different', now: Millis): CodeView;
  stop(idOrName: string, now: Millis): CodeView;
}

/** As whom: as a contact knows this profile, as an identity, or as itself. */
interface As {
  readonly contact?: string;
  readonly identity?: string;
}

/** Codes to show and to scan. */
export interface InPerson {
  code(as: As, now: Millis): MeetCodeView;
  codeView(id: string, now: Millis): MeetCodeView;
  scan(code: string, as: As, now: Millis): ScanView;
  scans(now: Millis): readonly ScanView[];
}

/** Bringing contacts together. */
export interface Introductions {
  introduce(first: string, second: string, note: string, now: Millis): IntroductionView;
  list(): readonly IntroductionView[];
  decide(id: string, accept: boolean, now: Millis): IntroductionView;
}

/** What a text is, and why it cannot lead anywhere: an error code, or null. */
export interface CheckedLink {
  readonly kind: 'invitation' | 'address' | 'meet' | 'network' | 'unknown';
  readonly problem: string | null;
}

export interface TrustPart {
  meetEcho(now: Millis): ContactView;
  checkLink(link: string, now: Millis): CheckedLink;
  readonly introductions: Introductions;
  readonly inPerson: InPerson;
  readonly safety: Safety;
  readonly codes: Codes;
  reach(idOrName: string, now: Millis): ReachView;
}
