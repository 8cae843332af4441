/**
 * `network.json`: what a folder made by `network create` holds, for `run-all` and for programs
 * that start the processes themselves.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tacet/base';

export interface ProcessDescription {
  /** Name of its folder, for example `edge-1`. */
  readonly name: string;
  readonly role: 'authority' | 'mix' | 'edge';
  /** Relative to the folder of the network. */
  readonly config: string;
  readonly admin: string;
  /** Ports it listens on. */
  readonly ports: readonly number[];
}

export interface NetworkDescription {
  readonly version: 1;
  readonly name: string;
  readonly demonstration: boolean;
  readonly host: string;
  /** File with the network card, relative to the folder. */
  readonly card: string;
  /** In the order in which they are started. */
  readonly processes: readonly ProcessDescription[];
}

export const DESCRIPTION_FILE = 'network.json';

/** @throws `network-folder` */
export function readDescription(folder: string): NetworkDescription {
  try {
    const value = JSON.parse(readFileSync(join(folder, DESCRIPTION_FILE), 'utf8'));
    if (value.version !== 1 || !Array.isArray(value.processes)) throw new RangeError('version');
    return value as NetworkDescription;
  } catch (cause) {
    throw new AppError(
      'network-folder',
      'missing',
      'this folder holds no network: make one with `tacet-relay network create --dir DIR --name NAME`',
      { cause },
    );
  }
}
