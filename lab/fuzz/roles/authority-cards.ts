/** What is sent to an authority: descriptors, votes, signatures, documents, each wrong in one way. */
import assert from 'node:assert/strict';
import { DAY, pick, type Rng, randomBytes, randomInt } from '@tacet/base';
import { type HybridKeyPair, hash, hybridSignatureBytes, type Label } from '@tacet/crypto';
import {
  authorityHashOf,
  type Cbor,
  countersignVote,
  type Descriptor,
  type Document,
  decodeCanonical,
  decodePublished,
  encodeCanonical,
  encodeDocument,
  encodePublished,
  encodeSignedVote,
  makeLinkCertificate,
  signDescriptor,
  signHash,
  signVote,
  type Vote,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import { makeTestNetwork, TEST_NOW, type TestNetwork, type TestRelay } from '@tacet/testkit';
import { bent } from '../bent.ts';
import { moved } from '../moved.ts';
import { damaged, flip, formless, nested, type Weighted } from '../mutate.ts';
import { otherNetwork } from '../other-network.ts';
import { stockOf } from '../stock.ts';
import type { Input } from '../types.ts';
import type { AuthorityRole, Target } from './authority.ts';

type Card = Weighted<() => Input>;

export function authorityCards(role: AuthorityRole): Card[] {
  return [...descriptorCards(role), ...voteCards(role), ...documentCards(role)];
}

/** What a reader of CBOR finds wrong, or the reader of the outer form: most of a long run. */
function formCards(
  { rng }: AuthorityRole,
  valid: () => Uint8Array,
  other: Uint8Array,
  c: (kind: string, silent: boolean, make: () => Uint8Array) => () => Input,
): Card[] {
  const shapes = Array.from({ length: 200 }, () => {
    const bytes = valid();
    const whole = decodeCanonical(bytes, 'message', bytes.length);
    assert.ok(typeof whole === 'object' && 'body' in whole);
    // The body stays: what is bent stands around it.
    const { body, ...rest } = whole;
    const around = bent(rng, rest);
    const named = typeof around === 'object' && !Array.isArray(around);
    return encodeCanonical(
      named && !(around instanceof Uint8Array) ? { body, ...around } : [body, around],
    );
  });
  return [
    [4, c('no form', true, () => formless(rng, valid())), 12],
    [2, c('another outer form', true, () => pick(rng, shapes)), 4],
    [1, c('a message of another kind', true, () => other), 2],
    [1, c('nested', true, () => nested(rng, 5_000))],
  ];
}

function card(
  role: AuthorityRole,
  to: Target,
  kind: string,
  silent: boolean,
  make: () => Uint8Array,
): () => Input {
  return () => role.input(kind, silent, to, make());
}

/** A body of another form, signed by those who may. */
function bentBody(rng: Rng, body: Uint8Array): Uint8Array {
  return encodeCanonical(bent(rng, decodeCanonical(body, 'body', body.length)));
}

/** The same with another value in one field. */
function withField(body: Uint8Array, change: Readonly<Record<string, Cbor>>): Uint8Array {
  const value = decodeCanonical(body, 'body', body.length);
  assert.ok(typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array));
  return encodeCanonical({ ...value, ...change });
}

/** Damage inside the signature or the key: past the decoder, to the verifier. */
function flippedLate(rng: Rng, bytes: Uint8Array): Uint8Array {
  return flip(rng, bytes.slice(), Math.floor(bytes.length / 2));
}

function descriptorCards(role: AuthorityRole): Card[] {
  const { rng, network } = role;
  const other = makeTestNetwork({ seed: 'fuzz stranger', parameters: { keysAhead: 1 } });
  // The first one has not registered before: the rest can only be older.
  const relay = (): TestRelay => pick(rng, network.relays.slice(1));
  const valid = (): Uint8Array => relay().signedDescriptor;
  const changed = (change: (of: TestRelay) => Partial<Descriptor>) => (): Uint8Array => {
    const one = relay();
    return signDescriptor(one.identity, { ...one.descriptor, ...change(one) });
  };
  const newer = (): number => TEST_NOW + 1 + randomInt(rng, 1_000);
  const signed = (body: Uint8Array, by: HybridKeyPair): Uint8Array =>
    encodeCanonical({ body, signature: hybridSignatureBytes(by.sign('descriptor', body)) });
  const bodyOf = (bytes: Uint8Array): Uint8Array => {
    const value = decodeCanonical(bytes, 'descriptor', 65_536);
    assert.ok(typeof value === 'object' && 'body' in value && value.body instanceof Uint8Array);
    return value.body;
  };
  const stock = (n: number, make: () => Uint8Array) => stockOf(role, n, make);
  const strangers = stock(4, () => signed(bodyOf(valid()), pick(rng, other.relays).identity));
  const twisted = stock(30, () => {
    const one = relay();
    return signed(bentBody(rng, bodyOf(one.signedDescriptor)), one.identity);
  });
  const older = stock(
    6,
    changed(() => ({ issuedAt: TEST_NOW - 1 - randomInt(rng, 1_000) })),
  );
  const ahead = stock(
    6,
    changed(() => ({ issuedAt: TEST_NOW + DAY + randomInt(rng, 1_000) })),
  );
  const keyless = stock(
    6,
    changed(() => ({ issuedAt: newer(), firstEpoch: randomInt(rng, 1_000) })),
  );
  const unlinked = stock(
    6,
    changed(({ identity, descriptor }) => ({
      issuedAt: TEST_NOW + 1,
      link: makeLinkCertificate(identity, descriptor.link.keyHash, TEST_NOW + 1),
    })),
  );
  const c = (kind: string, silent: boolean, make: () => Uint8Array): (() => Input) =>
    card(role, 'submit', `descriptor, ${kind}`, silent, make);
  return [
    ...formCards(role, valid, outerForm(network), c),
    [12, c('damaged', true, () => damaged(rng, valid()))],
    [3, c('signature damaged', true, () => flippedLate(rng, valid()))],
    [6, c('a field bent', false, twisted)],
    [2, c('signed by another', true, strangers)],
    [2, c('not allowed', true, () => pick(rng, other.relays).signedDescriptor)],
    [2, c('older', true, older)],
    [2, c('known', true, valid)],
    [2, c('from tomorrow', true, ahead)],
    [2, c('no key of now', true, keyless)],
    [2, c('link key run out', true, unlinked)],
  ];
}

/** A document, as far as a reader of its outer form can tell: short, so that it can be many. */
function outerForm({ authorities: [, one] }: TestNetwork): Uint8Array {
  assert.ok(one);
  const body = new Uint8Array(64);
  return encodePublished(body, [signHash(one, hash('document', body) as DocumentHash)]);
}

function byAuthorities(first: Label, second: Label) {
  return (body: Uint8Array, by: readonly HybridKeyPair[]): Uint8Array =>
    encodePublished(
      body,
      by.map((pair) => ({
        authority: pair.publicKey,
        signature: pair.sign(second, hash(first, body)),
      })),
    );
}

function voteCards(role: AuthorityRole): Card[] {
  const { rng, network } = role;
  const [, one, two] = network.authorities;
  const [stranger] = makeTestNetwork({ seed: 'fuzz stranger' }).authorities;
  assert.ok(one && two && stranger);
  const voters = [one, two];
  const { epoch, networkId } = network.document;
  const vote = (by: HybridKeyPair, change: Partial<Vote> = {}) =>
    signVote(by, {
      authority: authorityHashOf(by.publicKey),
      networkId,
      epoch: epoch + 1,
      attempt: 0,
      previous: network.verified.hash,
      parameters: network.parameters,
      echo: randomBytes(rng, 3),
      release: new Uint8Array(0),
      descriptors: [pick(rng, network.relays).signedDescriptor],
      ...change,
    });
  const some =
    (change: () => Partial<Vote> = () => ({})) =>
    () =>
      encodeSignedVote(vote(pick(rng, voters), change()));
  const sign = byAuthorities('vote', 'vote-signature');
  const stock = (n: number, make: () => Uint8Array) => stockOf(role, n, make);
  const votes = stock(12, some());
  const passed = stock(4, () => encodeSignedVote(countersignVote(two, vote(one))));
  const garbled = stock(
    6,
    some(() => {
      const bytes = damaged(rng, pick(rng, network.relays).signedDescriptor);
      return { descriptors: [bytes.length === 0 ? Uint8Array.of(0) : bytes] };
    }),
  );
  const unordered = stock(
    3,
    some(() => ({
      descriptors: Array.from(
        { length: 2 },
        () => pick(rng, network.relays.slice(0, 1)).signedDescriptor,
      ),
    })),
  );
  const elsewhen = stock(
    6,
    some(() =>
      pick(rng, [
        { epoch: randomInt(rng, 2 ** 32) },
        { attempt: 1 + randomInt(rng, 60_000) },
        { epoch },
      ]),
    ),
  );
  const foreign = stock(
    4,
    some(() => ({ networkId: randomBytes(rng, 32) as Vote['networkId'] })),
  );
  const twisted = stock(20, () => {
    const by = pick(rng, voters);
    return sign(bentBody(rng, vote(by).body), [by]);
  });
  const alone = stock(4, () => sign(vote(one).body, [two]));
  const strange = stock(4, () => sign(vote(one).body, [stranger]));
  const mixed = stock(4, () => sign(vote(one).body, [one, stranger]));
  const c = (kind: string, silent: boolean, make: () => Uint8Array): (() => Input) =>
    card(role, 'onVote', `vote, ${kind}`, silent, make);
  const [relay] = network.relays;
  assert.ok(relay);
  return [
    ...formCards(role, votes, relay.signedDescriptor, c),
    [10, c('damaged', true, () => damaged(rng, votes()))],
    [3, c('signature damaged', true, () => flippedLate(rng, votes()))],
    [5, c('a field bent', false, twisted)],
    [8, c('of its authority', false, votes)],
    [1, c('passed on', false, passed)],
    [3, c('with a bad descriptor', true, garbled)],
    [1, c('with one twice', true, unordered)],
    [2, c('of another epoch', false, elsewhen)],
    [2, c('of another network', true, foreign)],
    [2, c('signed by another authority', true, alone)],
    [1, c('signed by a stranger', true, strange)],
    [1, c('signed by a stranger too', true, mixed)],
  ];
}

function documentCards(role: AuthorityRole): Card[] {
  const { rng, network } = role;
  const [zero, one, two] = network.authorities;
  const other = otherNetwork();
  const [stranger] = other.authorities;
  assert.ok(zero && one && two && stranger);
  const { body } = decodePublished(network.documentBytes);
  const { document } = network;
  const later = network.next(network.verified, document.epoch + 1);
  const signed = (bytes: Uint8Array, by: readonly HybridKeyPair[]): Uint8Array =>
    byAuthorities('document', 'document-signature')(bytes, by);
  const encoded = (change: Partial<Document>): Uint8Array =>
    encodeDocument({ ...later.document, ...change });
  const stock = (n: number, make: () => Uint8Array) => stockOf(role, n, make);
  const any = (): Partial<Document> => ({ echo: randomBytes(rng, 8) });
  const both = [one, two];
  const twisted = stock(20, () => signed(bentBody(rng, body), both));
  const foreign = stock(4, () =>
    signed(withField(body, { networkId: randomBytes(rng, 32) }), both),
  );
  const few = stock(4, () => signed(body, [one]));
  const strange = stock(4, () => signed(body, [one, stranger]));
  const swapped = stock(4, () => {
    const { signatures } = decodePublished(signed(encoded(any()), both));
    return encodePublished(body, signatures);
  });
  const unchained = stock(6, () =>
    signed(
      encoded(
        pick(rng, [
          { publishedAt: document.publishedAt - 1 - randomInt(rng, 1_000) },
          { immediate: true },
        ]),
      ),
      both,
    ),
  );
  const twins = stock(6, () => signed(encodeDocument({ ...document, ...any() }), both));
  const partial = stock(12, () => signed(encoded(any()), [pick(rng, both)]));
  const elsewhen = stock(6, () =>
    signed(encodeDocument(moved(later.document, randomInt(rng, 2 ** 31))), [one]),
  );
  const hashOnly = stock(2, () =>
    encodePublished(body, [signHash(one, hash('document', randomBytes(rng, 4)) as never)]),
  );
  const c = (to: Target, kind: string, silent: boolean, make: () => Uint8Array): (() => Input) =>
    card(role, to, `${to === 'onDocument' ? 'document' : 'signature'}, ${kind}`, silent, make);
  const valid = network.documentBytes;
  const outer = outerForm(network);
  const [relay] = network.relays;
  assert.ok(relay);
  const everywhere = (['onDocument', 'onSignature'] as const).flatMap((to): Card[] => [
    ...formCards(
      role,
      () => outer,
      relay.signedDescriptor,
      (...made) => c(to, ...made),
    ),
    [6, c(to, 'damaged', true, () => damaged(rng, valid))],
    [2, c(to, 'signature damaged', true, () => flippedLate(rng, valid))],
    [4, c(to, 'a field bent', false, twisted)],
    [2, c(to, 'of another network', true, foreign)],
    [1, c(to, 'by a stranger too', true, strange)],
    [1, c(to, 'of another body', true, swapped)],
    [1, c(to, 'of nothing', true, hashOnly)],
    [1, c(to, 'of strangers', true, () => other.documentBytes)],
  ]);
  return [
    ...everywhere,
    [1, c('onDocument', 'one signature missing', true, few)],
    [2, c('onDocument', 'not a successor', false, unchained)],
    [2, c('onDocument', 'a second one', false, twins)],
    [1, c('onDocument', 'known', false, () => valid)],
    [5, c('onSignature', 'of one authority', false, partial)],
    [2, c('onSignature', 'of another epoch', true, elsewhen)],
  ];
}
