/**
 * A wiretap as a program of its own: stands between daemons and edges, passes every byte on, and
 * notes each TLS record's instant, size and direction in a file. It knows no key.
 *
 * `recorder.ts FILE LISTEN:TARGET...` (loopback ports). Standard input takes `plant MS`: from then
 * on every second record of a client is held back for so long, which the test must notice; `plant
 * 0` ends it. Ends with its standard input.
 */
import { createWriteStream } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { TlsRecords } from './tls-records.ts';

const HELD = 2;

const [file = '', ...pairs] = process.argv.slice(2);
const out = createWriteStream(file, { mode: 0o600 });
const now = (): number => performance.timeOrigin + performance.now();
let connections = 0;
let plantMs = 0;

/** One line a record: connection, direction, type, bytes, instant. */
function note(connection: number, direction: 'up' | 'down', piece: Uint8Array, cut: TlsRecords) {
  for (const { type, bytes, at } of cut.push(piece, now())) {
    out.write(`${connection} ${direction} ${type} ${bytes} ${at.toFixed(3)}\n`);
  }
}

function pass(client: Socket, target: number): void {
  const connection = ++connections;
  const edge = connect(target, '127.0.0.1');
  client.setNoDelay(true);
  edge.setNoDelay(true);
  const [up, down] = [new TlsRecords(), new TlsRecords()];
  let pieces = 0;
  let held: Promise<void> | null = null;
  client.on('data', (piece: Buffer) => {
    const wait = plantMs > 0 && ++pieces % HELD === 0 ? plantMs : 0;
    if (held === null && wait === 0) {
      note(connection, 'up', piece, up);
      edge.write(piece);
      return;
    }
    const before = held ?? Promise.resolve();
    const mine = before
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, wait)))
      .then(() => {
        note(connection, 'up', piece, up);
        edge.write(piece);
        if (held === mine) held = null;
      });
    held = mine;
  });
  edge.on('data', (piece: Buffer) => {
    note(connection, 'down', piece, down);
    client.write(piece);
  });
  const end = (): void => {
    client.destroy();
    edge.destroy();
  };
  for (const socket of [client, edge]) socket.on('error', end).on('close', end);
}

const servers = await Promise.all(
  pairs.map((pair) => {
    const [listen = 0, target = 0] = pair.split(':').map(Number);
    const server = createServer((client) => pass(client, target));
    return new Promise<typeof server>((resolve, reject) => {
      server.once('error', reject).listen(listen, '127.0.0.1', () => resolve(server));
    });
  }),
);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line.startsWith('plant ')) plantMs = Number(line.slice(6));
});
input.on('close', () => {
  for (const server of servers) server.close();
  out.end(() => process.exit(0));
});
process.stdout.write('ready recorder\n');
