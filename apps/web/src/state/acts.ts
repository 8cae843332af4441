/** What is done to a message that stands there (docs/spec/14-content.md, 4). Refusals become a notice. */
import type { MessageView } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { attempt, say } from './actions.ts';
import { keepMessage } from './messages.ts';
import { dropMessage } from './thread.ts';

/** @param emoji empty: takes the own reaction back */
export function react(id: string, emoji: string): Promise<boolean> {
  return attempt(async () => {
    keepMessage(await call('message.react', { id, emoji, clientId: crypto.randomUUID() }));
  });
}

/** The own reaction, when it is that one already, is taken back. */
export function toggleReaction(message: MessageView, emoji: string): Promise<boolean> {
  const own = message.reactions.find(({ direction }) => direction === 'out');
  return react(message.id, own?.emoji === emoji ? '' : emoji);
}

/** @param clientId made once for one version, however often it is tried */
export function editText(id: string, text: string, clientId: string): Promise<boolean> {
  return attempt(async () => {
    keepMessage(await call('message.edit', { id, text, clientId }));
  });
}

/** @param forEveryone the other side is asked to delete it, too */
export function deleteMessage(id: string, forEveryone: boolean): Promise<boolean> {
  return attempt(async () => {
    await call('message.delete', { id, forEveryone, clientId: crypto.randomUUID() });
    try {
      const { evidence: _evidence, ...left } = await call('message.get', { id });
      keepMessage(left);
    } catch (error) {
      if (!isAppError(error, 'message-unknown')) throw error;
      dropMessage(id);
    }
  });
}

export function copyText(text: string): Promise<void> {
  return navigator.clipboard.writeText(text).then(
    () => say('Copied.'),
    () => say('This browser does not let the page copy.', 'bad'),
  );
}
