/** What a window says while nothing can be sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileStatus } from '@tacet/api';
import { profileStatus } from '@tacet/testkit/views';
import { pauseSentence } from '../src/words/network.ts';

const said = (more: Partial<ProfileStatus>): string | null =>
  pauseSentence(profileStatus({ pause: null, clockAhead: null, link: 'ready', ...more }));

test('no document for the whole validity is one clear sentence, whatever the link is', () => {
  for (const link of ['ready', 'connecting', 'limited', 'offline'] as const) {
    const sentence = said({ pause: 'document-old', link });
    assert.match(sentence ?? '', /^The network has published no plan that holds now\. /, link);
  }
});

test('nothing is said when nothing stands in the way; a first document is waited for on a link only', () => {
  assert.equal(said({}), null);
  assert.match(said({ pause: 'document' }) ?? '', /^Joined\. /);
  for (const link of ['connecting', 'offline'] as const) {
    assert.equal(said({ pause: 'document', link }), null, link);
  }
});

test('a wrong clock is said before all else, with which way and what it costs', () => {
  const behind = said({ pause: 'clock', clockAhead: -300_000 }) ?? '';
  assert.match(behind, /behind the network's\. Nothing is sent until it is set right/);
  const ahead = said({ pause: 'document-old', clockAhead: 120_000 }) ?? '';
  assert.match(ahead, /ahead of the network's\. Set it right/);
});
