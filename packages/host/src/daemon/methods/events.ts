/** Methods of the event log (packages/api/src/methods/events.ts). */
import type { eventMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const eventHandlers: HandlersOf<typeof eventMethods> = {
  'events.position': ({ person, turn }, { consumer }) =>
    turn(() => ({
      newest: person.newestCursor(),
      acknowledged: consumer === undefined ? 0 : person.acknowledgedCursor(consumer),
    })),
  'events.read': async ({ person, hub }, { max, ...request }, { signal, token }) => {
    const contacts = token?.contacts ?? null;
    const range = contacts === null ? { max } : { max, contacts };
    const page = await hub.read(
      (cursor) => person.readEvents({ cursor, ...range }),
      request,
      signal,
    );
    return { ...page, events: [...page.events] };
  },
  'events.ack': ({ person, turn }, { consumer, cursor }) =>
    turn(() => {
      person.acknowledgeEvents(consumer, cursor);
      return {};
    }),
  'events.forget': ({ person, turn }, { consumer }) =>
    turn(() => ({ forgotten: person.forgetConsumer(consumer) })),
};
