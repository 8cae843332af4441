/** `network join`, `network status`, `network socks`. */
import { readFileSync, statSync } from 'node:fs';
import { MAX_LINK } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { showSpan } from '../duration.ts';
import { networkName, troubleLines } from '../network-words.ts';
import { safeLine } from '../safe.ts';
import { waitFor } from '../wait.ts';

const NOT_REACHED =
  'the network was not reached yet; this goes on by itself, and until then another card may take its place';

async function cardText(context: Context): Promise<string> {
  const given = context.arg(0, 'the network card');
  if (given === '-') return (await context.terminal.readAll(MAX_LINK)).trim();
  if (given.startsWith('tacet:')) return given;
  const stat = statSync(given, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    throw new AppError('card-file', 'usage', 'that is neither a network card nor a readable file');
  }
  if (stat.size > MAX_LINK) throw new AppError('card-file', 'usage', 'that file is too long');
  return readFileSync(given, 'utf8').trim();
}

export const networkJoin: Command = {
  path: 'network join',
  summary: 'join a network by its card',
  args: '<card|file|->',
  arity: [1, 1],
  options: {
    wait: { type: 'boolean', help: 'wait until the link is ready' },
    timeout: { type: 'string', value: 'TIME', help: 'how long to wait (default 60s)' },
  },
  examples: ['tacet network join home.card', 'tacet network join tacet:network/1/... --wait'],
  async run(context) {
    const timeout = context.duration('timeout', '60s');
    const api = await context.api();
    let status = await api.call('network.join', { card: await cardText(context) });
    if (context.flag('wait')) {
      const end = performance.now() + timeout;
      const ready = await waitFor(api, timeout, async () => {
        const now = (await api.call('status', {})).status;
        return now?.link === 'ready' ? now : null;
      });
      if (ready === null || performance.now() > end + 1_000) {
        const now = (await api.call('status', {})).status;
        const said = now?.network == null ? NOT_REACHED : 'joined, but no link is ready yet';
        throw new AppError('network-timeout', 'network', said);
      }
      status = ready;
    }
    const name = networkName(status) ?? 'the network';
    const reached = status.network !== null;
    if (!reached) context.note(`${NOT_REACHED}; see tacet network status`);
    context.show(status, () => `${reached ? 'joined' : 'joining'} ${name} (${status.link})`);
    return undefined;
  },
};

export const networkStatus: Command = {
  path: 'network status',
  summary: 'the network as this daemon sees it',
  arity: [0, 0],
  examples: ['tacet network status'],
  async run(context) {
    const found = await (await context.api()).call('network.status', {});
    context.show(found, () => {
      const name = networkName(found);
      if (name === null) {
        return context.tell(
          'no network: tacet network join CARD, or tacet invite accept LINK with a full link',
        );
      }
      const net = found.network;
      const facts = [
        `name      ${name}`,
        `card      ${found.card?.threshold} of ${found.card?.authorities} authorities sign; ${found.card?.closed === true ? 'closed: joining needs the card' : 'open to everybody'}`,
        `link      ${found.link}`,
      ];
      if (net === null) facts.push("document  none yet: waiting for the network's document");
      else {
        facts.push(
          `relays    ${net.relays}`,
          `document  epoch ${net.epoch}, ${showSpan(net.documentAge)} old`,
          `delays    ${showSpan(net.delayMean)} mean a hop, one packet each ${showSpan(net.slot)}`,
        );
      }
      facts.push(
        `through   ${found.socks === '' ? 'nothing: connections are direct' : `SOCKS ${safeLine(found.socks)}`}`,
      );
      return [...facts, ...troubleLines(found, context.tell)].join('\n');
    });
    return undefined;
  },
};

export const networkSocks: Command = {
  path: 'network socks',
  summary: 'go to the network through a SOCKS 5 server (Tor, for example), or show which',
  args: '[IP:port|none]',
  arity: [0, 1],
  examples: ['tacet network socks 127.0.0.1:9050', 'tacet network socks none'],
  details:
    'Kept in the profile. While one is set nothing connects directly, and names are looked up by the ' +
    'server. Before the first start: tacet up --socks SERVER.',
  async run(context) {
    const api = await context.api();
    const server = context.args[0];
    const { socks } =
      server === undefined
        ? await api.call('network.status', {})
        : await api.call('network.socks', { server });
    context.show({ socks }, () =>
      socks === '' ? 'none: connections are direct' : safeLine(socks),
    );
    return undefined;
  },
};
