/**
 * A BoxStore in a cluster that speaks the protocol of Redis (Valkey, Redis, Kvrocks). What is
 * acknowledged is with a primary and with a replica.
 */
export type { Address } from './connection.ts';
export { LIMITS as REDIS_BOXES_LIMITS } from './limits.ts';
export {
  openRedisBoxes,
  probeRedisBoxes,
  type RedisBoxesOptions,
  type RedisBoxesProbe,
} from './open.ts';
export { nameSpaceOf as redisNameSpace } from './values.ts';
