/** Every role there is. */
import type { RoleKind } from '../types.ts';
import { address } from './address.ts';
import { authority } from './authority.ts';
import { client } from './client.ts';
import { edge } from './edge.ts';
import { link } from './link.ts';
import { mix } from './mix.ts';
import { requester } from './requester.ts';

/** The longest first. */
export const ROLES: readonly RoleKind[] = [client, edge, mix, authority, link, address, requester];
