/** What a daemon says where a call comes at the wrong moment, and how a secret is given to it. */
import { AppError, Sensitive } from '@tacet/base';
import type { ProfileSecret } from './ports.ts';

export function profileMissing(): AppError {
  return new AppError('profile-missing', 'missing', 'there is no profile here; create one first');
}

export function locked(): AppError {
  return new AppError('locked', 'state', 'the profile is locked');
}

export function stopping(): AppError {
  return new AppError('daemon-stopping', 'state', 'the daemon is stopping');
}

export function passphraseWrong(): AppError {
  return new AppError('passphrase-wrong', 'input', 'the passphrase does not open this profile');
}

/** Exactly one way. */
export function secretOf(params: Record<string, unknown>): ProfileSecret {
  const { passphrase, keychain } = params;
  if ((typeof passphrase === 'string') === (keychain === true)) {
    throw new AppError('params-invalid', 'usage', 'give either a passphrase or keychain');
  }
  if (typeof passphrase !== 'string') return { kind: 'keychain' };
  return { kind: 'passphrase', passphrase: new Sensitive(passphrase) };
}
