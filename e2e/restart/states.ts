/** How far each message was seen to be: a state never goes back. */
import type { MessageView } from '@tacet/api';
import { STATE_RANK } from '@tacet/testkit';

type Seen = Pick<MessageView, 'id' | 'contactId' | 'state' | 'partsSent' | 'copies'>;

export class States {
  private readonly seen = new Map<string, Seen>();

  /** The step back in words; null when it is where it was, or further. */
  see({ id, contactId, state, partsSent, copies }: Seen): string | null {
    const had = this.seen.get(id);
    const now = { id, contactId, state, partsSent, copies };
    this.seen.set(id, now);
    if (had === undefined) return null;
    const back =
      STATE_RANK[state] < STATE_RANK[had.state] ||
      (STATE_RANK[state] === 4 && STATE_RANK[had.state] === 4 && state !== had.state) ||
      (state === had.state && partsSent < had.partsSent);
    return back ? `message ${id} from ${words(had)} to ${words(now)}` : null;
  }

  /** Ids of those that were seen and are not among these; a contact's messages that may go aside. */
  gone(here: ReadonlySet<string>, mayGo: readonly string[]): string[] {
    return [...this.seen.values()]
      .filter(({ id, contactId }) => !here.has(id) && !mayGo.includes(contactId))
      .map(({ id }) => id);
  }
}

function words({ state, partsSent, copies }: Seen): string {
  return `${state} ${partsSent} sent ${copies} copies`;
}
