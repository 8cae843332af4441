/**
 * Scenarios of the lab over processes, sockets and stores. Those with kills and refusals, and texts before an
 * answer, stand in `trouble.long.test.ts`: `e2e/restart` kills each process of a network, too, and counts texts.
 */
import { describe } from 'node:test';
import { joinByInvitation } from './full-invitation.ts';
import { Playhouse } from './play.ts';

const house = new Playhouse();

describe('over sockets', { concurrency: 2 }, () => {
  describe('two people, from their first meeting on', { concurrency: 1 }, () => {
    house.texts('texts');
  });

  describe('somebody who is on no network', () => {
    house.test(
      'a new profile given only a full invitation reaches a secure session and gets a text; others are refused',
      joinByInvitation,
    );
  });
});
