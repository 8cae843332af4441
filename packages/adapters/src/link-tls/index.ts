/** Links between relays. */
export { type LinkIdentity, makeCertificate } from '../tls/certificate.ts';
export { listenOn } from '../tls/listen.ts';
export { LIMITS as RELAY_LINK_LIMITS } from './limits.ts';
export {
  type Peer,
  type Peers,
  type RelayLinkCount,
  RelayLinks,
  type RelayLinksOptions,
} from './links.ts';
export { probeKey } from './probe.ts';
