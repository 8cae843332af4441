/** HTTPS between relays and an authority, with the authority's key pinned. */
export { AuthorityClient, type AuthorityClientOptions } from './client.ts';
export {
  type AuthorityServer,
  type AuthorityServerOptions,
  type AuthorityService,
  serveAuthority,
} from './server.ts';
