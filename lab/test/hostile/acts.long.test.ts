/**
 * What a contact may not do to a conversation (docs/spec/14-content.md, 4): change what others wrote,
 * put words into their mouths, take another's name. Well-formed contents of a session that works.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import type { Actor } from '../../src/scenarios/stage.ts';
import { delivered, meet } from '../../src/scenarios/steps.ts';

type Fields = readonly (readonly [number, unknown])[];

const WRITER = 0;
const READER = 1;

/** Sixteen bytes that say which content it is. */
const id = (name: string): Uint8Array => Uint8Array.from(Buffer.from(name.padEnd(16, '.')));

/** A content in place of the text that is sent; the rest of the envelope stays. */
class Forger {
  private readonly stage: LabStage;
  private readonly actor: Actor;
  private next: Map<number, unknown> | null = null;

  constructor(stage: LabStage, actor: Actor) {
    [this.stage, this.actor] = [stage, actor];
    const { session } = stage.personOf(actor);
    const encrypt = session.encrypt.bind(session);
    session.encrypt = (records, peer, plaintext) => {
      const envelope = decode(plaintext, { useMaps: true }) as Map<number, unknown>;
      if (!envelope.has(1) || this.next === null) return encrypt(records, peer, plaintext);
      envelope.set(1, this.next);
      this.next = null;
      return encrypt(records, peer, encode(envelope, rfc8949EncodeOptions));
    };
  }

  async says(name: string, type: number, ...fields: Fields): Promise<void> {
    const shown: Fields = type === 1 ? [] : [[7, 'something']];
    this.next = new Map([[1, type], [2, id(name)], [3, 1_000], ...shown, ...fields]);
    await delivered(this.stage, this.actor, [(await this.actor.send('alice', name)).id]);
    assert.equal(this.next, null);
  }
}

async function scene(name: string) {
  const stage = new LabStage(name);
  const alice = await stage.person('alice');
  const mallory = await stage.person('mallory');
  await meet(stage, alice, mallory);
  await delivered(stage, alice, [(await alice.send('mallory', 'said by alice')).id]);
  const store = stage.personOf(alice)['store'];
  const said = store.get("SELECT content_id FROM messages WHERE text = 'said by alice'");
  const lines = async () => await alice.messages('mallory');
  const line = async (text: string) =>
    (await lines()).find((one) => one.text === text) ?? assert.fail(`no line: ${text}`);
  const forger = new Forger(stage, mallory);
  return { stage, alice, mallory, forger, lines, line, said: said?.['content_id'] };
}

test('what a contact did not write, or may not change, stays: edits and deletes are refused and counted', async () => {
  const { stage, alice, mallory, forger, line, said } = await scene('not theirs');
  await forger.says('a timer', 7, [13, 3_600]);
  const refused: readonly (readonly [string, number, ...(readonly [number, unknown])[]])[] = [
    ['edits mine', 3, [8, [READER, said]], [4, 'never said']],
    ['deletes mine', 4, [8, [READER, said]]],
    ['edits a timer', 3, [8, [WRITER, id('a timer')]], [4, 'no timer']],
    ['deletes a timer', 4, [8, [WRITER, id('a timer')]]],
    ['a name unseen', 8, [14, '\u200b\u2060']],
  ];
  for (const [n, [name, type, ...fields]] of refused.entries()) {
    await forger.says(name, type, ...fields);
    assert.equal((await alice.status()).deadLetters, n + 1, name);
  }
  const { deletion, editedAt } = await line('said by alice');
  assert.deepEqual([deletion, editedAt], [null, null]);
  assert.ok(stage.personOf(alice).alarms.every((code) => code === 'content-refused'));
  await delivered(stage, mallory, [(await mallory.send('alice', 'on it goes')).id]);
  await line('on it goes');
});

test('what a contact claims that somebody said is compared, and shown as a claim', async () => {
  const { forger, line, said } = await scene('quotes');
  await forger.says('true', 1, [4, 'you said'], [9, [READER, said, 'said by alice']]);
  await forger.says('false', 1, [4, 'you also said'], [9, [READER, said, 'I am not alice']]);
  await forger.says('of nothing', 1, [4, 'and'], [9, [READER, id('nothing'), 'whatever']]);
  const proofs = [];
  for (const text of ['you said', 'you also said', 'and']) {
    const { replyTo } = await line(text);
    proofs.push([replyTo?.proof, replyTo?.excerpt]);
  }
  assert.deepEqual(proofs, [
    ['verified', 'said by alice'],
    ['differs', 'said by alice'],
    ['unknown', 'whatever'],
  ]);
});

test('acts upon nothing, contents that come again, and names of others change nothing that is shown', async () => {
  const { stage, alice, forger, lines, line, said } = await scene('nothing');
  await forger.says('first', 1, [4, 'the first']);
  await forger.says('first', 1, [4, 'the second of that id']);
  for (const [n, type] of [2, 3, 4].entries()) {
    const more: Fields = type === 2 ? [[11, 'x']] : type === 3 ? [[4, 'x']] : [];
    await forger.says(`upon nothing ${n}`, type, [8, [WRITER, id('nothing')]], ...more);
  }
  await forger.says('reacts', 2, [8, [READER, said]], [11, '\u202eha\u001b[2J']);
  await forger.says('reacts again', 2, [8, [READER, said]], [11, 'ok']);
  const texts = (await lines()).filter(({ kind }) => kind === 'text').map(({ text }) => text);
  assert.deepEqual(texts.toSorted(), ['said by alice', 'the first']);
  const { reactions } = await line('said by alice');
  assert.deepEqual(
    reactions.map(({ direction, emoji }) => [direction, emoji]),
    [['in', 'ok']],
  );
  assert.equal((await alice.status()).deadLetters, 0);

  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await forger.says('a name', 8, [14, 'b\u202eob\u0007']);
  const named = (await alice.contacts()).map(({ name, givenName }) => [name, givenName]);
  assert.deepEqual(named.toSorted(), [
    ['bob', 'bob'],
    ['mallory', 'bob'],
  ]);
});
