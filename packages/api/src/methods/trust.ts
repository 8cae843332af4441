/** Methods of trust (spec 15): evidence, safety numbers, whether somebody still answers. */
import * as v from 'valibot';
import { done, id, link, method, natural, nothing } from '../method.ts';
import { contact } from '../views.ts';

const time = v.number();
const level = v.picklist(['verified', 'introduced', 'link', 'unverified']);

/** One fact about a contact's key, with the level it led to. */
export const trustFact = v.object({
  at: time,
  what: v.picklist([
    'met-by-link',
    'met-by-request',
    'met-by-introduction',
    'introduced',
    'scanned',
    'number-same',
    'code-same',
    'number-differs',
    'code-differs',
    'code-differs-there',
    'withdrawn',
    'other-identity',
    'key-changed',
    'key-refused',
  ]),
  level,
  /** Who vouched, by the name they had here; the id while they are a contact. */
  by: v.nullable(v.string()),
  byId: v.nullable(id),
});

export const reach = v.object({
  contactId: id,
  heardAt: v.nullable(time),
  silentSince: v.nullable(time),
  waiting: natural,
  oldest: v.nullable(time),
  postings: natural,
});

export const code = v.object({
  contactId: id,
  /** `waiting`: for the other daemon. `compare`: both see a code. The others are ends. */
  state: v.picklist([
    'none',
    'waiting',
    'compare',
    'same',
    'different',
    'stopped',
    'expired',
    'broken',
  ]),
  /** Six digits, while they are to be compared. */
  code: v.nullable(v.string()),
  peerSaid: v.nullable(v.picklist(['same', 'different'])),
  beganAt: v.nullable(time),
  movedAt: v.nullable(time),
  byUs: v.boolean(),
  /** Runs of the last day, and how many are left: each is one guess for who stands between. */
  spent: natural,
  left: natural,
});

export const meetCode = v.object({
  id,
  state: v.picklist(['preparing', 'ready', 'ended']),
  /** The name of the identity that is shown. */
  identity: v.string(),
  /** For a QR code, at most 225 characters; once its invitation is stored. */
  text: v.nullable(v.string()),
  endsAt: time,
});

export const scan = v.object({
  id,
  at: time,
  name: v.string(),
  contactId: v.nullable(id),
  /** `waiting` until they have scanned ours, too. */
  state: v.picklist(['waiting', 'verified', 'ended']),
  verifiedAt: v.nullable(time),
});

export const introduction = v.object({
  id,
  /** `first` is asked before the other; `second` gets the way to the first. */
  role: v.picklist(['introducer', 'first', 'second']),
  state: v.picklist([
    'asked',
    'passed',
    'taken',
    'offered',
    'preparing',
    'answered',
    'meeting',
    'met',
    'declined',
    'declined-second',
    'known',
    'replaced',
    'expired',
  ]),
  /** Of an introducer: the first contact. Else: the introducer. */
  contactId: id,
  /** Of an introducer: the second contact. Else: who was met. */
  otherId: v.nullable(id),
  name: v.string(),
  note: v.string(),
  at: time,
  movedAt: time,
  endsAt: time,
});

export const linkView = v.object({
  kind: v.picklist(['invitation', 'address', 'meet', 'network', 'unknown']),
  /** An error code; null: it may work. */
  problem: v.nullable(v.string()),
  /** What to do about it. */
  hint: v.nullable(v.string()),
});

const of = { contactId: id };
const as = { contactId: v.exactOptional(id), identity: v.exactOptional(id) };

export const trustMethods = {
  /** Why a contact has the level it has; oldest first. */
  'contact.trust': method(v.strictObject(of), v.object({ facts: v.array(trustFact) }), 'read'),
  'contact.safetyNumber': method(
    v.strictObject(of),
    v.object({ contactId: id, digits: v.pipe(v.string(), v.regex(/^[0-9]{60}$/)) }),
    'read',
  ),
  /** What two people found who compared their safety numbers. */
  'contact.verify': method(
    v.strictObject({ ...of, found: v.picklist(['same', 'different', 'taken-back']) }),
    done,
    'contacts',
  ),
  /** A short code with a contact: both daemons work it out, both people compare it aloud. */
  'code.start': method(v.strictObject(of), code, 'contacts'),
  'code.get': method(v.strictObject(of), code, 'read'),
  /** What this user saw; the other says it on their own. */
  'code.say': method(
    v.strictObject({ ...of, found: v.picklist(['same', 'different']) }),
    code,
    'contacts',
  ),
  'code.stop': method(v.strictObject(of), code, 'contacts'),
  /**
   * A fresh code to show to somebody who stands here: as this contact knows the profile, or as an
   * identity (id or name), or as the profile itself.
   */
  'meet.code': method(v.strictObject(as), meetCode, 'contacts'),
  'meet.codeState': method(v.strictObject({ id }), meetCode, 'contacts'),
  /**
   * What stood in the other's code. With `contactId` another's code is refused. Without `identity`
   * a stranger is met as whom the newest code shown here says.
   */
  'meet.scan': method(v.strictObject({ code: link, ...as }), scan, 'contacts'),
  'meet.scans': method(nothing, v.object({ scans: v.array(scan) }), 'read'),
  /** Brings two contacts together; the first is asked first. */
  'introduce.offer': method(
    v.strictObject({
      firstId: id,
      secondId: id,
      note: v.exactOptional(v.pipe(v.string(), v.maxLength(512))),
    }),
    introduction,
    'contacts',
  ),
  'introduce.list': method(nothing, v.object({ introductions: v.array(introduction) }), 'read'),
  /** The user's word on being introduced. */
  'introduce.decide': method(v.strictObject({ id, accept: v.boolean() }), introduction, 'contacts'),
  /** What a text is that somebody was given, and why it cannot lead anywhere; nothing is sent. */
  'link.check': method(v.strictObject({ link }), linkView, 'read'),
  /** The contact that is Echo: asked now, unless it was met. It is told no name. */
  'echo.meet': method(nothing, contact, 'contacts'),
  'contact.reach': method(v.strictObject(of), reach, 'read'),
} as const;

export type TrustFactView = v.InferOutput<typeof trustFact>;
export type IntroductionView = v.InferOutput<typeof introduction>;
export type MeetCodeView = v.InferOutput<typeof meetCode>;
export type ScanView = v.InferOutput<typeof scan>;
export type CodeView = v.InferOutput<typeof code>;
export type ReachView = v.InferOutput<typeof reach>;
