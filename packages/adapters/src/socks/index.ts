/** SOCKS 5 for every outgoing connection, once a server is set. */
export { NO_SOCKS, parseSocks, type SocksRoute, socksRoute } from './route.ts';
