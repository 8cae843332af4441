/** What `authority allow`, `list` and `remove` do with the list of admitted relays. */
import { AppError } from '@tacet/base';
import { type AllowedRelay, readAllowed, writeAllowed } from './allowed.ts';
import { allowedOf } from './found.ts';
import type { OperatorRequest } from './request.ts';

/** Adds the relays of a request; one that is there already stays. @returns those that are new. */
export function admit(path: string, request: OperatorRequest): AllowedRelay[] {
  if (request.authority !== null) {
    throw new AppError(
      'request-authority',
      'refused',
      'the request names an authority: authorities are part of what a network is, none can be added',
    );
  }
  const known = readAllowed(path);
  const fresh = request.relays
    .map(allowedOf)
    .filter(({ relay }) => !known.some((one) => one.relay === relay));
  if (fresh.length > 0) writeAllowed(path, [...known, ...fresh]);
  return fresh;
}

/** @param start of one identity hash in hex, at least 8 digits. @throws `allow-unknown` */
export function dismiss(path: string, start: string): AllowedRelay {
  const known = readAllowed(path);
  const found = /^[0-9a-f]{8,64}$/.test(start)
    ? known.filter(({ relay }) => relay.startsWith(start))
    : [];
  const [one, ...others] = found;
  if (one === undefined || others.length > 0) {
    throw new AppError(
      'allow-unknown',
      'missing',
      'no one relay of the list begins like that: `authority list` shows them, give 8 digits or more',
    );
  }
  writeAllowed(
    path,
    known.filter(({ relay }) => relay !== one.relay),
  );
  return one;
}
