/**
 * What can be seen of the world from here: authorities, an edge's clock, and whether the addresses
 * this relay names lead back to it. Whether others get through is known only while it runs: then
 * its neighbours' links say so.
 */
import { AuthorityClient } from '@tacet/adapters/directory-https';
import { probeKey } from '@tacet/adapters/link-tls';
import { dialEdge } from '@tacet/adapters/link-ws';
import { socksRoute } from '@tacet/adapters/socks';
import { equalBytes, isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { RelayConfig } from '../config/types.ts';
import { LIMITS } from '../limits.ts';
import { bad, type Finding, ok, skip, warn } from './finding.ts';

/** Documents of each authority that answers, beside the findings. */
export async function authorityFindings(config: RelayConfig): Promise<{
  readonly findings: Finding[];
  readonly documents: readonly Uint8Array[];
}> {
  const documents: Uint8Array[] = [];
  const socks = socksRoute(config.socks, systemRng);
  const findings = await Promise.all(
    config.authorities.map(async (authority, i): Promise<Finding> => {
      const what = config.authorities.length === 1 ? 'authority' : `authority ${i + 1}`;
      try {
        const client = new AuthorityClient({ ...authority, socks, timeoutMs: LIMITS.probeMs });
        documents.push(...(await client.documents()));
        return ok(what, 'answers, with the key of the configuration');
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (error.is('authority-key')) {
          return bad(
            what,
            'shows another key',
            'ask its operator for a new relay card; somebody may stand between',
          );
        }
        return bad(
          what,
          'does not answer',
          'is the network up here, may packets leave, does it run?',
        );
      }
    }),
  );
  return { findings, documents };
}

/** Asks edges of the card until one tells its time. */
export async function clockFinding(config: RelayConfig): Promise<Finding> {
  const what = 'clock';
  const socks = socksRoute(config.socks, systemRng);
  for (const { relay, address } of config.card.edges) {
    if (address === config.clientAddress) continue;
    try {
      const before = Date.now();
      const link = await dialEdge({
        address,
        relay,
        hello: { joinSecret: config.card.joinSecret, resume: new Uint8Array(8), slotMs: 0 },
        now: before,
        socks,
        rng: systemRng,
      });
      const half = (Date.now() - before) / 2;
      const off = Math.abs(before + half - Number(link.welcome.now)) - half;
      link.close();
      const found = `within ${Math.max(1, Math.ceil(off / 1_000))} s of an edge`;
      const advice = 'run an NTP service (systemd-timesyncd, chrony): keys hold by the clock';
      if (off > 60_000) return bad(what, found, advice);
      return off > 2_000 ? warn(what, found, advice) : ok(what, found);
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }
  return skip(
    what,
    'no other edge of the card answers',
    'compare the clock by hand, run an NTP service',
  );
}

/** Dials the addresses others will dial, from here, and looks whose key answers. */
export async function addressFindings(config: RelayConfig, own: Uint8Array): Promise<Finding[]> {
  const addresses: [what: string, address: string, port: number][] = [
    ['relay address', config.relayAddress, config.relayPort],
  ];
  const socks = socksRoute(config.socks, systemRng);
  if (config.role === 'edge') {
    addresses.push(['client address', config.clientAddress, config.clientPort]);
  }
  return Promise.all(
    addresses.map(async ([what, address, port]): Promise<Finding> => {
      const shown = await probeKey(address, LIMITS.probeMs, socks);
      if (shown === null) {
        return warn(
          what,
          'does not answer from here',
          `is it running, does the name lead here, is port ${port} open and forwarded? Some routers do not lead back`,
        );
      }
      if (equalBytes(shown, own)) return ok(what, 'leads to this relay, seen from here');
      return bad(
        what,
        'another program or relay answers',
        'correct the address or the port forwarding',
      );
    }),
  );
}
