/**
 * Goes through all boxes of an edge on one node, on a connection of its own and a few hundred keys
 * at a time, so that boxes asked for meanwhile do not wait for it.
 */

import { refusalOf } from './cluster.ts';
import type { Connection } from './connection.ts';
import { unreplicated } from './lane.ts';
import { LIMITS } from './limits.ts';
import { unexpected } from './operations.ts';
import { encodeCommand, type Reply, ServerError } from './resp.ts';
import {
  effectDayIn,
  eraseCommand,
  isDoomed,
  patternOf,
  recordIn,
  remnantOf,
  startOf,
} from './values.ts';

/** Erases what has a tombstone that is due, drops what is due, and waits for a replica to have done the same. */
export async function sweep(
  connection: Connection,
  nameSpace: string,
  today: number,
): Promise<void> {
  const due = startOf(today);
  for await (const keys of keysOf(connection, nameSpace)) {
    const lengths = await ask(connection, keys, (key) => encodeCommand('STRLEN', key));
    // A node drops due boxes by itself, by its own clock; this is for one that is behind ours.
    const ends = await ask(connection, keys, (key) => encodeCommand('EXPIRETIME', key));
    const writes: Uint8Array[] = [];
    const doomed: string[] = [];
    keys.forEach((key, i) => {
      const end = ends[i];
      if (typeof end === 'number' && end > 0 && end <= due) {
        writes.push(encodeCommand('UNLINK', key));
      } else if (isDoomed(Number(lengths[i]))) doomed.push(key);
    });
    const values = await ask(connection, doomed, (key) => encodeCommand('GET', key));
    doomed.forEach((key, i) => {
      const value = values[i];
      if (!(value instanceof Uint8Array)) return;
      const [record, day] = [recordIn(value), effectDayIn(value)];
      if (record === null || day === null || day > today) return;
      writes.push(eraseCommand(key, remnantOf(record)));
    });
    await write(connection, writes);
  }
}

async function* keysOf(connection: Connection, nameSpace: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await connection.call(
      'SCAN',
      cursor,
      'MATCH',
      patternOf(nameSpace),
      'COUNT',
      LIMITS.scanKeys,
    );
    if (reply instanceof ServerError) throw refusalOf(reply);
    if (!Array.isArray(reply)) throw unexpected();
    const [next, keys] = reply;
    if (!(next instanceof Uint8Array) || !Array.isArray(keys)) throw unexpected();
    cursor = Buffer.from(next).toString('latin1');
    if (keys.length > 0) yield keys.map((key) => Buffer.from(key).toString('latin1'));
  } while (cursor !== '0');
}

async function ask(
  connection: Connection,
  keys: readonly string[],
  command: (key: string) => Uint8Array,
): Promise<readonly Reply[]> {
  const replies = await connection.send(keys.map(command));
  for (const reply of replies) check(reply);
  return replies;
}

async function write(connection: Connection, commands: readonly Uint8Array[]): Promise<void> {
  if (commands.length === 0) return;
  const replies = await connection.send([...commands, encodeCommand('WAIT', 1, LIMITS.replicaMs)]);
  for (const reply of replies) check(reply);
  const held = replies.at(-1);
  if (typeof held !== 'number' || held < 1) throw unreplicated();
}

/** A key that has just moved to another node is met there, or on the next day. */
function check(reply: Reply): void {
  if (reply instanceof ServerError && !/^(MOVED|ASK|TRYAGAIN)$/.test(reply.code)) {
    throw refusalOf(reply);
  }
}
