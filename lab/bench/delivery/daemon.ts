/**
 * A daemon that is measured: the production daemon, and a file of what its requests were drawn
 * with. Takes the arguments of `tacet-daemon`, and `--facts FILE`.
 */
import { closeSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { RequestFacts } from '@tacet/client';
import { startDaemon } from '@tacet/host/daemon';
import { markOf } from '@tacet/wire';
import { FactFile, factsNow, hexOf, type SentFact, tagOf } from './facts.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    facts: { type: 'string' },
    'ready-fd': { type: 'string' },
    'no-window': { type: 'boolean' },
  },
});
if (values.dir === undefined || values.facts === undefined) throw new RangeError('arguments');
process.umask(0o077);
const facts = new FactFile(values.facts);

const daemon = await startDaemon({
  dir: values.dir,
  version: 'measured',
  page: null,
  write: (line) => void process.stderr.write(line),
  onStop: () => void end(),
  onRequest: (request) => facts.add(sent(request)),
});

function sent({ plan, slot, frame, replyId, out, back }: RequestFacts): SentFact {
  return {
    kind: 'sent',
    what: plan.what,
    tag: tagOf(frame),
    replyId: hexOf(replyId),
    mark: markIn(plan),
    edge: hexOf(plan.edge),
    slot,
    out,
    back,
  };
}

function markIn({ request, real }: RequestFacts['plan']): string | null {
  if (request.kind === 'put') return hexOf(markOf(request.record.slice(0, 32) as never));
  if (request.kind !== 'get' || real === undefined) return null;
  return hexOf(request.marks[real]);
}

/** Events of the log are told when their transaction is done. */
async function follow(): Promise<void> {
  for (;;) {
    const { state } = (await daemon.core.call('status', {}, { kind: 'inside' })) as {
      state: string;
    };
    if (state === 'open') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  daemon.core.events.subscribe(0, (events) => {
    const at = factsNow();
    for (const event of events) {
      if (event.kind === 'message') facts.add({ kind: 'saved', id: event.subject, at });
    }
  });
}

async function end(): Promise<void> {
  await daemon.stop();
  await facts.close();
  process.exit(0);
}

process.on('SIGTERM', () => void end());
void follow();
const fd = Number(values['ready-fd']);
writeSync(fd, '{"ready":true}\n');
closeSync(fd);
