/** Methods of the event log (packages/api/src/methods/events.ts). */
import { type eventMethods, hintFor, sayingOf } from '@tacet/api';
import type { Caller } from '../core.ts';
import type { Person } from '../machine.ts';
import type { HandlersOf } from '../scene.ts';

/** The log as this caller may see it: cursors of one are none of another. */
function logFor(person: Person, { token }: Caller): ReturnType<Person['eventsOf']> {
  if (token !== undefined && token.contacts !== null) return person.eventsOf(token.id);
  return {
    newest: () => person.newestCursor(),
    read: (range) => person.readEvents(range),
    acknowledge: (consumer, cursor) => person.acknowledgeEvents(consumer, cursor),
    acknowledged: (consumer) => person.acknowledgedCursor(consumer),
  };
}

export const eventHandlers: HandlersOf<typeof eventMethods> = {
  'events.position': ({ person, turn }, { consumer }, caller) =>
    turn(() => {
      const log = logFor(person, caller);
      return {
        newest: log.newest(),
        acknowledged: consumer === undefined ? 0 : log.acknowledged(consumer),
      };
    }),
  'events.read': async ({ person, hub }, { max, ...request }, caller) => {
    const log = logFor(person, caller);
    const page = await hub.read((cursor) => log.read({ cursor, max }), request, caller.signal);
    return { ...page, events: [...page.events] };
  },
  'events.ack': ({ person, turn }, { consumer, cursor }, caller) =>
    turn(() => {
      logFor(person, caller).acknowledge(consumer, cursor);
      return {};
    }),
  'events.forget': ({ person, turn }, { consumer }) =>
    turn(() => ({ forgotten: person.forgetConsumer(consumer) })),
  'alarm.list': ({ person, turn }) =>
    turn(() => ({
      alarms: person.alarms().map((one) => ({
        ...one,
        text: sayingOf(one.code) ?? one.code,
        hint: hintFor(one.code),
      })),
    })),
};
