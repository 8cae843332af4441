/**
 * Scenarios of the lab over processes, sockets and stores, in which somebody is refused or killed, or writes
 * before the other side has answered: more than `npm test` has time for.
 */
import { describe } from 'node:test';
import { Playhouse } from './play.ts';

const house = new Playhouse();

describe('over sockets', { concurrency: 2 }, () => {
  describe('people who meet, and are killed', { concurrency: 1 }, () => {
    house.texts('meeting');
    house.texts('kills');
  });
  describe('guests who are refused', { concurrency: 1 }, () => house.strangers('refusal'));
});

// Nobody else is there to notice.
describe('over sockets, while relays are killed', () => house.texts('relays'));
