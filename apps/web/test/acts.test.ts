import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messageView } from '@tacet/testkit/views';
import {
  deletedLine,
  disappearing,
  keptLine,
  quotedWords,
  reactionTitle,
} from '../src/words/acts.ts';
import { spokenRow } from '../src/words/spoken.ts';

const NOON = Date.UTC(2026, 10, 5, 11);

describe('words for acts', () => {
  it('a deleted own message says whether the other device confirmed it', () => {
    const deleted = (state: 'queued' | 'stored' | 'delivered' | 'read') =>
      deletedLine(messageView({ deletion: { at: NOON, kept: false, state } }), 'Bob');
    for (const state of ['queued', 'stored'] as const) {
      assert.match(deleted(state) ?? '', /device of Bob is being asked/);
    }
    for (const state of ['delivered', 'read'] as const) {
      assert.match(deleted(state) ?? '', /device of Bob confirmed/);
    }
    assert.equal(deletedLine(messageView(), 'Bob'), null);
  });

  it('what is kept against its writer’s wish stands, and says so', () => {
    const deletion = { at: NOON, kept: true, state: null };
    const view = messageView({ direction: 'in', deletion });
    assert.equal(deletedLine(view, 'Bob'), null);
    assert.match(keptLine(view, 'Bob') ?? '', /^Bob asked to delete this/);
    const gone = messageView({ direction: 'in', deletion: { ...deletion, kept: false } });
    assert.equal(deletedLine(gone, 'Bob'), 'Bob deleted this message.');
    assert.equal(keptLine(gone, 'Bob'), null);
  });

  it('a quote says what nobody here can vouch for, and nothing of what is gone', () => {
    const reply = { messageId: null, direction: 'in', excerpt: 'yes' } as const;
    assert.equal(quotedWords({ ...reply, proof: 'verified' }).doubt, null);
    assert.match(quotedWords({ ...reply, proof: 'differs' }).doubt ?? '', /does not say/);
    assert.match(quotedWords({ ...reply, proof: 'unknown' }).doubt ?? '', /not here/);
    assert.equal(quotedWords({ ...reply, proof: 'gone' }).text.includes('yes'), false);
  });

  it('an own reaction names its state until it is there', () => {
    const one = { direction: 'out', emoji: '👍' } as const;
    assert.equal(reactionTitle({ ...one, state: 'stored' }, 'Bob'), 'You. In the mailbox');
    assert.equal(reactionTitle({ ...one, state: 'delivered' }, 'Bob'), 'You');
    assert.equal(reactionTitle({ ...one, direction: 'in', state: 'received' }, 'Bob'), 'Bob');
  });

  it('for how long a disappearing message stays, and when it goes', () => {
    assert.equal(disappearing(messageView({ lifetime: 3_600 })), 'stays 60 min');
    assert.match(disappearing(messageView({ lifetime: 60, expiresAt: NOON })), /^gone \d\d:/);
  });

  it('a row is read out with what it answers, that it was edited, and who reacted', () => {
    const said = spokenRow(
      messageView({
        ...{ direction: 'in', state: 'received', text: 'Seven', sentAt: NOON, editedAt: NOON },
        replyTo: { messageId: '1', direction: 'out', excerpt: 'Six?', proof: 'verified' },
        reactions: [{ direction: 'out', emoji: '👍', state: 'delivered' }],
      }),
      'Bob',
      NOON,
    );
    assert.match(said, /^Bob, in reply to yourself: Seven\. .* Edited\..* You: 👍\.$/);
  });
});
