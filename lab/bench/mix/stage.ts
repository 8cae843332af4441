/**
 * One real mix of layer 1 and everything it needs to believe that it stands in a network: keys,
 * a signed document, a card, a configuration. Its neighbours, three edges and three mixes of layer
 * 2, are links of the bench; they have keys and names but no machine.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkIdentity, makeCertificate } from '@tacet/adapters/link-tls';
import { compareBytes, DAY, randomBytes } from '@tacet/base';
import { type HybridKeyPair, hybridKeyPair, systemRng } from '@tacet/crypto';
import {
  type Descriptor,
  makeLinkCertificate,
  type RelayHash,
  relayHashOf,
  signDocument,
  verifyDocument,
} from '@tacet/directory';
import type { DocumentHash, Path } from '@tacet/onion';
import { makeTestNetwork } from '@tacet/testkit';
import { leasePort } from '@tacet/testkit/ports';

export interface Neighbour {
  readonly hash: RelayHash;
  readonly link: LinkIdentity;
  readonly port: number;
}

export interface Stage {
  readonly configFile: string;
  readonly mix: Neighbour;
  readonly edges: readonly Neighbour[];
  readonly seconds: readonly Neighbour[];
  readonly epoch: number;
  readonly documentHash: DocumentHash;
  /** Seed of the mix's packet key in that epoch. */
  readonly seed: Uint8Array;
  /** Its index in the document. */
  readonly index: number;
  readonly delayMeanMs: number;
  /** Hops without delays, one path through each mix of layer 2. */
  readonly paths: readonly Path[];
}

interface Member extends Neighbour {
  readonly descriptor: Descriptor;
}

/** @param earlier packets of this epoch that the mix has opened before, by its replay log */
export async function makeStage(folder: string, capacity: number, earlier: number): Promise<Stage> {
  const now = Date.now();
  const network = makeTestNetwork({
    rng: systemRng,
    now,
    mixesPerLayer: 3,
    edges: 3,
    parameters: { epochMs: 3_600_000, graceMs: 300_000 },
  });
  const { epoch } = network.document;
  const firstMix = network.mixes.find(({ layer }) => layer === 1);
  if (firstMix === undefined) throw new RangeError('no mix of layer 1');
  const identitySeed = randomBytes(systemRng, 64);
  const seed = firstMix.kemSeed(epoch);
  const own = hybridKeyPair(identitySeed);
  const pem = generateKeyPairSync('ed25519').privateKey;
  const members: Member[] = [];
  for (const relay of network.relays) {
    const isMix = relay === firstMix;
    const link = makeCertificate(isMix ? pem : generateKeyPairSync('ed25519').privateKey);
    const port = await leasePort();
    const identity: HybridKeyPair = isMix ? own : relay.identity;
    members.push({
      hash: relayHashOf(identity.publicKey),
      link,
      port,
      descriptor: {
        ...relay.descriptor,
        identity: identity.publicKey,
        firstEpoch: epoch,
        keys: relay.descriptor.keys.slice(0, network.parameters.validEpochs),
        link: makeLinkCertificate(identity, link.keyHash, Math.floor(now) + 90 * DAY),
        relayAddress: `127.0.0.1:${port}`,
      },
    });
  }
  members.sort((a, b) => compareBytes(a.hash, b.hash));
  const document = { ...network.document, relays: members.map(({ descriptor }) => descriptor) };
  const bytes = signDocument(document, network.authorities);
  const verified = verifyDocument(bytes, network.trust);
  const mix = members.find(({ descriptor }) => descriptor.identity === own.publicKey);
  if (mix === undefined) throw new RangeError('no mix');

  const data = join(folder, 'data');
  const secret = { mode: 0o600 };
  for (const name of [data, join(data, 'epochs'), join(data, 'documents'), join(data, 'replay')]) {
    mkdirSync(name, { mode: 0o700 });
  }
  writeFileSync(join(data, 'identity.key'), identitySeed, secret);
  writeFileSync(join(data, 'link.key'), pem.export({ type: 'pkcs8', format: 'pem' }), secret);
  writeFileSync(join(data, 'epochs', `${epoch}.seed`), seed, secret);
  writeFileSync(join(data, 'replay', `${epoch}.log`), randomBytes(systemRng, 8 * earlier), secret);
  writeFileSync(join(data, 'documents', `${epoch}.document`), bytes);
  writeFileSync(join(folder, 'card'), network.cardText);
  const configFile = join(folder, 'mix.json');
  const config = {
    role: 'mix',
    layer: 1,
    data,
    admin: join(folder, 'admin.sock'),
    card: join(folder, 'card'),
    // Nobody answers there: everything is on the disk already.
    authorities: [{ address: '127.0.0.1:1', keyHash: '0'.repeat(64) }],
    listenHost: '127.0.0.1',
    relayPort: mix.port,
    relayAddress: `127.0.0.1:${mix.port}`,
    family: 'bench',
    capacity,
  };
  writeFileSync(configFile, JSON.stringify(config));
  const of = (layer: number): Member[] =>
    members.filter(({ descriptor }) => descriptor.layer === layer);
  return {
    configFile,
    mix,
    edges: of(0),
    seconds: of(2),
    epoch,
    documentHash: verified.hash,
    seed,
    index: members.indexOf(mix),
    delayMeanMs: network.parameters.delayMeanMs,
    paths: of(2).map((second) => {
      const hops = [mix, second, of(3)[0], of(0)[0]].map((member) => ({
        index: members.indexOf(member as Member),
        key: member?.descriptor.keys[0] as Path['hops'][0]['key'],
        delayMs: 0,
      }));
      return { epoch, documentHash: verified.hash, hops } as unknown as Path;
    }),
  };
}
