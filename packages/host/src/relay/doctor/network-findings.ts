/** What documents and the running process say: is it known, up to date, connected, about to expire. */
import { DAY, hex, type Millis } from '@tacet/base';
import {
  DocumentBook,
  epochAt,
  type NetworkCard,
  type RelayHash,
  relayIndex,
} from '@tacet/directory';
import type { StatusAnswer } from '../admin/client.ts';
import type { ProcessConfig } from '../config/types.ts';
import { ONE_AUTHORITY } from '../network/one-authority.ts';
import { bad, type Finding, ok, skip, warn } from './finding.ts';

const LINK_WARN_DAYS = 14;

/** Not a fault of the relay: said, because one authority can lie to everybody unseen. */
export function trustFinding(config: ProcessConfig): Finding {
  const count =
    config.role === 'authority' ? config.peers.length + 1 : config.card.authorities.length;
  return ok('trust', count === 1 ? ONE_AUTHORITY : `${count} authorities, most must agree`);
}

export function documentFinding(
  card: NetworkCard,
  self: RelayHash,
  documents: readonly Uint8Array[],
  now: Millis,
): Finding {
  const what = 'document';
  const book = new DocumentBook(card);
  for (const bytes of documents) {
    try {
      book.add(bytes);
    } catch {
      return bad(
        what,
        'an authority hands out one that does not hold',
        'tell its operator; keep using the others',
      );
    }
  }
  const newest = book.newest();
  if (newest === null) {
    return skip(
      what,
      'there is none yet',
      'the first comes when enough admitted relays have sent descriptors',
    );
  }
  const { parameters, epoch } = newest.document;
  const behind = epochAt(parameters, now) - epoch;
  if (behind >= parameters.validEpochs) {
    return bad(
      what,
      'the newest is out of date',
      'authorities do not agree or do not run: ask their operators',
    );
  }
  if (relayIndex(newest, self) === null) {
    return warn(
      what,
      `this relay (${hex(self).slice(0, 16)}) is not in the newest`,
      'new: wait for the next epoch; else ask whether it was admitted (`authority list`)',
    );
  }
  return behind > 1
    ? warn(what, `the newest is ${behind} epochs old`, 'an authority may be down: ask its operator')
    : ok(what, 'names this relay');
}

export function runningFindings(
  status: StatusAnswer | null,
  version: string,
  now: Millis,
): Finding[] {
  if (status === null) {
    return [
      skip('process', 'it does not run or does not answer', 'start it, and ask the doctor again'),
    ];
  }
  const findings: Finding[] = [
    status.ready
      ? ok('process', `${status.role}, ready`)
      : bad('process', status.missing.join('; '), 'see the lines above, then its standard error'),
  ];
  findings.push(
    status.version === version
      ? ok('version', `${version}, installed and running`)
      : warn('version', `${version} installed, ${status.version} running`, 'restart it'),
  );
  const { links, linkNotAfter, descriptor } = status;
  if (links !== null && links.wanted > 0) {
    const found = `${links.up} of ${links.wanted} up, ${links.targets} of them dialled by others`;
    const advice =
      'others cannot reach the relay port: open it in the firewall, forward it in the router';
    if (links.targets === 0) findings.push(bad('links', found, advice));
    else
      findings.push(
        links.up < links.wanted
          ? warn('links', found, 'some neighbour is away, or cannot be reached')
          : ok('links', found),
      );
  }
  const refused = descriptor.filter((code) => code !== 'accepted');
  if (descriptor.length > 0) {
    findings.push(
      refused.length === 0
        ? ok('descriptor', 'accepted by every authority')
        : warn('descriptor', refused.join(', '), 'docs/errors.md says what each code wants'),
    );
  }
  if (linkNotAfter !== null) {
    const days = Math.floor((linkNotAfter - now) / DAY);
    findings.push(
      days < LINK_WARN_DAYS
        ? warn(
            'link certificate',
            `ends in ${days} days`,
            'restart the relay: it is renewed a month ahead',
          )
        : ok('link certificate', `holds for ${days} days`),
    );
  }
  return findings;
}
