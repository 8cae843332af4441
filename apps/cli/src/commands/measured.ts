/** `stats`, `data`, `network facts`: what the daemon measured, and what the network is. */
import type { CrowdView, LevelFactsView, MeasuredView, NetworkFactsView } from '@tacet/api';
import type { Command } from '../command.ts';
import { showBytes, showSpan } from '../duration.ts';
import { table } from '../format.ts';
import { safeLine } from '../safe.ts';

export const stats: Command = {
  path: 'stats',
  summary: 'how long your messages took, by level, and how many people are there',
  arity: [0, 0],
  examples: ['tacet stats', 'tacet stats --json'],
  details:
    'Measured here, over the last 200 messages of each level. "Stored" is the network\'s part. "Receipt" ' +
    'holds the absence of the other side too, and the random pause it makes before a receipt. ' +
    'The crowd is reckoned from boxes of cover: one machine may act as many people, and who hides from ' +
    'you may be few of them.',
  async run(context) {
    const api = await context.api();
    const found = await api.call('stats.delivery', {});
    const crowd = await api.call('stats.crowd', {});
    context.show({ ...found, crowd }, () => {
      const rows = found.levels.map((one) => [
        one.level,
        figures(one.stored),
        figures(one.receipt),
      ]);
      const { receiptPause } = found;
      const pause =
        receiptPause === null
          ? []
          : [
              `receipts pause on purpose: ${showSpan(receiptPause.inUse)} on average in a conversation in use, ` +
                `${showSpan(receiptPause.otherwise)} otherwise, ${showSpan(receiptPause.strong)} in Strong`,
            ];
      return [table(['LEVEL', 'STORED', 'RECEIPT'], rows), ...pause, crowdLine(crowd)].join('\n');
    });
    return undefined;
  },
};

function crowdLine(crowd: CrowdView): string {
  switch (crowd.state) {
    case 'no-crowd':
      return 'crowd: none, this network is a demonstration';
    case 'one-edge':
      return 'crowd: not known, a single edge would have to be believed';
    case 'listening':
      return `crowd: not known yet, ${crowd.boxes} boxes heard of in ${crowd.minutes} minutes`;
    case 'estimate': {
      const odd = crowd.oddEdges === 0 ? '' : `; ${crowd.oddEdges} of them say something else`;
      return (
        `crowd: ${crowd.low} to ${crowd.high} people, so at most ${crowd.bits} bits; from ${crowd.boxes} boxes ` +
        `that two of ${crowd.edges} edges each announced in ${crowd.minutes} minutes${odd}`
      );
    }
  }
}

function figures({ n, p50, p95 }: MeasuredView): string {
  if (p50 === null || p95 === null) return `${n} measured, too few`;
  return `${showSpan(p50)}, 95 % within ${showSpan(p95)} (${n})`;
}

export const data: Command = {
  path: 'data',
  summary: 'how much was sent and received, by day',
  arity: [0, 0],
  options: { days: { type: 'string', value: 'N', help: 'how many days (default 7, at most 90)' } },
  examples: ['tacet data', 'tacet data --days 30'],
  details:
    'Days are UTC. Figures are frames as they were counted; TLS and TCP come on top, by estimate. The ' +
    'projection has that estimate in it.',
  async run(context) {
    const shown = Math.min(90, Math.max(1, Number(context.text('days') ?? '7') || 7));
    const found = await (await context.api()).call('data.usage', {});
    context.show(found, () => {
      const rows = found.days
        .slice(0, shown)
        .map(({ day, up, down }) => [day, showBytes(up), showBytes(down)]);
      const months = (found.months ?? []).map(
        ({ level, up, down }) => `${level.padEnd(9)} ${between(up)} up, ${between(down)} down`,
      );
      return [
        rows.length === 0 ? 'nothing counted yet' : table(['DAY', 'UP', 'DOWN'], rows),
        `TLS and TCP add about ${found.overheadPermille / 10} % (an estimate)`,
        ...(months.length === 0 ? [] : ['thirty days would be', ...months]),
      ].join('\n');
    });
    return undefined;
  },
};

export function between({ least, most }: LevelFactsView['up']): string {
  if (least === most) return showBytes(least);
  return `${showBytes(least)} to ${showBytes(most)}`;
}

export const networkFacts: Command = {
  path: 'network facts',
  summary: 'who runs the network, and by which numbers',
  arity: [0, 0],
  examples: ['tacet network facts', 'tacet network facts --json'],
  details: 'Operators and countries are what relays say of themselves.',
  async run(context) {
    const found = await (await context.api()).call('network.facts', {});
    context.show(found, () =>
      found.facts === null
        ? context.tell('no network: tacet network join CARD')
        : lines(found.facts),
    );
    return undefined;
  },
};

function lines(facts: NetworkFactsView): string {
  const { authorities, document, ownEdge } = facts;
  const rows = facts.relays.map((relay) => [
    relay.role === 'edge' ? 'edge' : `mix ${relay.layer}`,
    relay.id,
    safeLine(relay.family) || '-',
    safeLine(relay.country),
    [relay.ownEdge ? 'own edge' : '', relay.suspected ? 'seems to lose packets' : '']
      .filter((remark) => remark !== '')
      .join(', '),
  ]);
  return [
    `name        ${safeLine(facts.name)}${facts.crowd ? '' : ' (demonstration: no crowd)'}`,
    `authorities ${authorities.threshold} of ${authorities.count} sign`,
    document === null
      ? 'document    none yet'
      : `document    epoch ${document.epoch}, ${showSpan(document.age)} old`,
    `operators   ${facts.families}, in ${facts.countries} countries they name`,
    `own edge    ${ownEdge === null ? 'none now' : safeLine(ownEdge.address)}${since(facts)}`,
    ...facts.words.map((word, n) => `${n === 0 ? 'numbers' : ''}`.padEnd(12) + word),
    ...(rows.length === 0 ? [] : [table(['RELAY', 'ID', 'OPERATOR', 'COUNTRY', ''], rows)]),
  ].join('\n');
}

function since({ ownEdge }: NetworkFactsView): string {
  if (ownEdge === null || ownEdge.since === null) return '';
  return `, kept for ${showSpan(Math.max(0, Date.now() - ownEdge.since))}`;
}
