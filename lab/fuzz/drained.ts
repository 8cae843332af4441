/** What a client asks for. One that contained a mistake of its own has failed all the same. */
import type { Client, ClientEffect } from '@tacet/client';

export function drained(client: Client): ClientEffect[] {
  const effects = client.drain();
  for (const effect of effects) if (effect.kind === 'fault') throw effect.error;
  return effects;
}
