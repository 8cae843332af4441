/**
 * What a relay tells a monitoring program (docs/ops/metrics.md): the state of the process and its
 * links, and how much of its capacity is used, in bands, once in five minutes. Never anything about
 * a person, box, peer or message; never an exact count. No clock, no socket: both are the caller's.
 */
import { MINUTE, type Millis } from '@tacet/base';
import { Band, BYTES, LOSS, PERCENT } from './bands.ts';

export const METRICS_STEP: Millis = 5 * MINUTE;

/** What is read each step. Totals count from the start of the process. */
export interface Reading {
  readonly version: string;
  readonly role: string;
  readonly ready: boolean;
  /** Epochs since the newest document; -1 without one. */
  readonly documentAge: number;
  readonly links: { readonly up: number; readonly wanted: number } | null;
  readonly leaving: boolean;
  /** Packets taken from other relays and from clients, in all. */
  readonly packets: number;
  /** Of those, dropped because there was no room. */
  readonly shed: number;
  /** Packets a second it is built for; 0 for an authority. */
  readonly capacity: number;
  /** Client links, as a share of the most it takes, 0..1; null where there are none. */
  readonly clients: number | null;
  readonly memoryBytes: number;
  /** Share of the disk of the data folder that is used, 0..1. */
  readonly disk: number;
}

interface Shown {
  readonly version: string;
  readonly role: string;
  readonly ready: boolean;
  readonly documentAge: number;
  readonly links: Reading['links'];
  readonly leaving: boolean;
}

export class MetricsExporter {
  private readonly load = new Band(PERCENT);
  private readonly shedding = new Band(LOSS);
  private readonly clients = new Band(PERCENT);
  private readonly memory = new Band(BYTES);
  private readonly disk = new Band(PERCENT);
  private last: Reading | null = null;
  private shown: Shown | null = null;
  private hasClients = false;

  /** Called at each whole step of the wall clock; the first call only sets the beginning. */
  step(reading: Reading): void {
    const { last } = this;
    this.last = reading;
    if (last === null) return;
    const packets = reading.packets - last.packets;
    const seconds = METRICS_STEP / 1_000;
    const { version, role, ready, documentAge, links, leaving, capacity } = reading;
    if (capacity > 0) this.load.take((100 * packets) / (capacity * seconds));
    this.shedding.take((100 * (reading.shed - last.shed)) / Math.max(1, packets));
    this.hasClients = reading.clients !== null;
    this.clients.take(100 * (reading.clients ?? 0));
    this.memory.take(reading.memoryBytes);
    this.disk.take(100 * reading.disk);
    this.shown = { version, role, ready, documentAge, links, leaving };
  }

  /** The same bytes until the next step; empty before the second. */
  text(): string {
    const { shown } = this;
    if (shown === null) return '';
    const { version, role, links } = shown;
    const rows: [name: string, help: string, value: number, labels?: string][] = [
      ['info', 'Version and role.', 1, `{version="${version}",role="${role}"}`],
      ['ready', 'It was ready at the last step.', Number(shown.ready)],
      ['leaving', 'It is being drained.', Number(shown.leaving)],
      ['document_age_epochs', 'Epochs since the newest document; -1: none.', shown.documentAge],
      ['shed_percent', 'Packets dropped for want of room, at least.', this.shedding.value],
      ['memory_bytes', 'Memory of the process, at least.', this.memory.value],
      ['disk_percent', 'Disk of the data folder in use, at least.', this.disk.value],
    ];
    if (links !== null) {
      rows.push(
        ['links_up', 'Links to other relays that stand.', links.up],
        ['links_wanted', 'Links to other relays that should stand.', links.wanted],
        ['load_percent', 'Packets of five minutes by capacity, at least.', this.load.value],
      );
    }
    if (this.hasClients) {
      rows.push([
        'clients_percent',
        'Client links by the most it takes, at least.',
        this.clients.value,
      ]);
    }
    return rows
      .map(([name, help, value, labels = '']) => {
        const full = `tacet_relay_${name}`;
        return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full}${labels} ${value}\n`;
      })
      .join('');
  }
}
