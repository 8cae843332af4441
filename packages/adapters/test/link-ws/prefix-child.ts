/**
 * Runs in a network namespace of its own, where addresses are there for the taking: how many
 * connections of one IPv4 address and of one IPv6 /56 an edge's door holds. Prints one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '../tls/support.ts';
import { door } from './support.ts';

const ip = (...args: string[]): void => void execFileSync('ip', args);
ip('link', 'set', 'lo', 'up');
const six = ['2001:db8:0:100::1', '2001:db8:0:1ff::2', '2001:db8:0:200::1'] as const;
const four = ['203.0.113.7', '203.0.113.8'] as const;
for (const address of six) ip('-6', 'addr', 'add', `${address}/128`, 'dev', 'lo', 'nodad');
for (const address of four) ip('addr', 'add', `${address}/32`, 'dev', 'lo');

const edge = await door(() => true, { host: '::' });
const { listener } = edge;

/** Opens from one address of ours to another; the socket while it is held open, else null. */
async function from(localAddress: string, host: string): Promise<Socket | null> {
  const refused = listener.counters.get('refused-prefix');
  const before = listener.waiting + refused;
  const socket = connect({ host, localAddress, port: listener.port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await until(() => listener.waiting + listener.counters.get('refused-prefix') > before, 'seen');
  return listener.counters.get('refused-prefix') > refused ? null : socket;
}

async function held(address: string, host: string, tries: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let n = 0; n < tries; n++) {
    const socket = await from(address, host);
    if (socket !== null) sockets.push(socket);
  }
  return sockets;
}

const [a, b, other] = six;
const first = await held(a, other, 3);
const second = await held(b, other, 3);
const third = await held(other, other, 6);
const v4 = await held(four[0], four[1], 6);
const v4other = await held(four[1], four[1], 2);
first[0]?.destroy();
await until(() => listener.waiting === 4 + 4 + 4 + 2 - 1, 'one place is free again');
const again = await held(b, other, 2);
const result = {
  same56: first.length + second.length,
  other56: third.length,
  v4: v4.length,
  v4other: v4other.length,
  again: again.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
