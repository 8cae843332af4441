import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageDetail, MessageView, ProfileStatus } from '@tacet/api';
import { messageDetail, profileStatus } from '@tacet/testkit/views';
import { markOf, stateWord, warningWord } from '../src/words/states.ts';
import { factsOf, whereIsIt } from '../src/words/why.ts';

const NOW = 1_800_000_000_000;

const message = messageDetail({ text: 'x', sentAt: NOW - 240_000 });
const status = profileStatus({ link: 'ready', deliveryP50: 6_000, deliveryP95: 40_000 });

const ask = (patch: Partial<MessageDetail>, state: Partial<ProfileStatus> = {}) =>
  whereIsIt({ ...message, ...patch }, 'Bob', { ...status, ...state }, NOW);

describe('why is it late?', () => {
  it('names what the message waits for on this device', () => {
    assert.match(ask({}, { link: 'offline' }).headline, /no connection to the network/);
    assert.match(ask({}, { link: 'connecting' }).headline, /being reached/);
    assert.match(ask({}).headline, /for its turn/);
  });

  it("compares with this profile's own past, and promises nothing else", () => {
    assert.match(
      ask({ state: 'stored', copies: 2, late: true }).next ?? '',
      /Usually 6–40 s, now 4 min\. Tacet keeps trying\./,
    );
    assert.doesNotMatch(
      ask({ state: 'stored' }, { deliveryP50: null, deliveryP95: null }).next ?? '',
      /Usually/,
    );
  });

  it('tells unconfirmed from failed', () => {
    assert.match(ask({ state: 'unconfirmed' }).headline, /may or may not/);
    assert.match(ask({ state: 'failed', reason: 'contact-ended' }).headline, /Invite them again/);
    assert.match(ask({ state: 'failed', reason: 'of-tomorrow' }).headline, /refused/);
  });

  it('keeps sent and arrived apart for received ones', () => {
    const answer = ask({ direction: 'in', state: 'received', arrivedAt: NOW });
    assert.match(answer.headline, /4 min/);
  });

  it('every fact is a sentence, an unknown one its own word', () => {
    const known = [
      'saved',
      'encrypted',
      'part-sent',
      'part-stored',
      'copy-sent',
      'copy-stored',
      'receipt',
      'retry',
      'moved',
    ];
    const facts = factsOf(
      [...known, 'of-tomorrow'].map((what) => ({ at: 1, what, part: 2, parts: 3 })),
      'Bob',
    );
    assert.equal(new Set(facts.map(({ text }) => text)).size, known.length + 1);
    for (const { text } of facts.slice(0, -1)) assert.match(text, /^[A-Z].+ .+/);
    assert.equal(facts.at(-1)?.text, 'of-tomorrow');
  });
});

describe('states', () => {
  const view = (patch: Partial<MessageView>): MessageView => ({ ...message, ...patch });

  it('each state has its own mark and word', () => {
    const states = ['queued', 'sending', 'stored', 'delivered', 'unconfirmed', 'failed'] as const;
    const marks = [
      ...states.map((state) => markOf(view({ state }))),
      markOf(view({ state: 'stored', copies: 2 })),
    ];
    assert.equal(new Set(marks).size, 7);
    assert.equal(new Set(states.map((state) => stateWord(view({ state })))).size, 6);
    assert.equal(markOf(view({ direction: 'in', state: 'received' })), null);
  });

  it('lateness is said until delivery, and never of received ones', () => {
    assert.equal(warningWord(view({ state: 'stored', late: true })), 'slower than usual');
    assert.equal(warningWord(view({ state: 'delivered', late: true })), null);
    assert.equal(warningWord(view({ direction: 'in', state: 'received', late: true })), null);
  });
});
