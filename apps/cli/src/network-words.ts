/** A network in words: its name with what must be said wherever it is named, and its troubles. */
import type { CardView, NetworkView, ProfileStatus } from '@tacet/api';
import { showSpan, showTime } from './duration.ts';
import { safeLine } from './safe.ts';
import type { Tell } from './tell.ts';

type Status = Pick<
  ProfileStatus,
  'card' | 'network' | 'link' | 'pause' | 'clockAhead' | 'disputes'
>;

/** Null before a network was joined. */
export function networkName({ card, network }: Status): string | null {
  if (card === null) return null;
  const remarks = remarksOf(card, network);
  return `${safeLine(card.name)}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

function remarksOf(card: CardView, network: NetworkView | null): string[] {
  const remarks: string[] = [];
  if (network !== null && !network.crowd) remarks.push('demonstration: no crowd');
  if (card.authorities === 1) remarks.push('one authority: who runs it decides alone');
  return remarks;
}

/** What stands in the way, and what to do; one line each. */
export function troubleLines(status: Status, tell: Tell): string[] {
  return [...pauseLines(status), ...disputeLines(status, tell)];
}

export function copyLines(
  { copiedAt, superseded, restored }: Pick<ProfileStatus, 'copiedAt' | 'superseded' | 'restored'>,
  tell: Tell,
): string[] {
  if (copiedAt === null) {
    if (restored === null || restored.begun) return [];
    const from = `restored from a backup of ${showTime(restored.backupAt, Date.now())}`;
    return [`${from}; contacts are told once the network is reached`];
  }
  if (superseded) {
    return [
      'this profile was restored elsewhere and goes on there; nothing is sent from here, texts are kept',
      tell('if this one is to go on, end the other one, then: tacet profile resume'),
    ];
  }
  return [
    'a copy of this profile is running, or this one was set back; nothing is sent, texts are kept',
    tell('end the other one, then: tacet profile resume'),
  ];
}

function pauseLines({ card, link, pause, clockAhead }: Status): string[] {
  if (card === null) return [];
  const lines: string[] = [];
  if (clockAhead !== null) {
    const by = `${showSpan(Math.abs(clockAhead))} ${clockAhead > 0 ? 'ahead of' : 'behind'}`;
    const cost =
      pause === 'clock'
        ? 'nothing is sent until it is set right'
        : 'set it right: messages wait around every full epoch';
    lines.push(`this computer's clock is ${by} the network's; ${cost}`);
  }
  if (pause === 'document' && link !== 'connecting') {
    lines.push("waiting for the network's document; it comes by itself");
  }
  if (pause === 'document-old') {
    lines.push('the network has published no document that holds now; messages wait for the next');
  }
  return lines;
}

function disputeLines({ disputes }: Status, tell: Tell): string[] {
  if (disputes.length === 0) return [];
  const facts = disputes.map(({ contact, epoch, epochStart, own, other, at }) => {
    const who =
      contact === null
        ? 'the authorities signed two documents'
        : `${safeLine(contact)} holds another document than this profile`;
    const when = showTime(epochStart, Date.now());
    return `${who} for epoch ${epoch} (${when}), seen ${showTime(at, Date.now())}: ${own.slice(0, 16)} here, ${other.slice(0, 16)} there`;
  });
  return [
    ...facts,
    'somebody may be shown a false network: compare with other contacts and with whoever runs it;',
    tell('do not rely on it to hide whom you talk to until it is explained (tacet network status)'),
  ];
}
