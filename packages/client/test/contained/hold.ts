/** No ratchet work is begun until the answer is called, or the daemon has died. */
import type { ModelPerson } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';

export function hold(person: ModelPerson): () => void {
  const { jobs } = Reflect.get(person.machine, 'e') as Engine;
  jobs.next = () => null;
  return () => {
    Reflect.deleteProperty(jobs, 'next');
    person.act((client, now) => client.advance(now));
  };
}
