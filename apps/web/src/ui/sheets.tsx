/** Which sheet stands. */
import type { ComponentType } from 'preact';
import { closeSheet } from '../state/actions.ts';
import { type Sheet, sheet } from '../state/store.ts';
import { later } from './later.tsx';

const kinds: Readonly<Record<Sheet['kind'], ComponentType>> = {
  you: later(({ YouSheet }) => YouSheet, closeSheet),
  backup: later(({ BackupSheet }) => BackupSheet, closeSheet),
  network: later(({ NetworkSheet }) => NetworkSheet, closeSheet),
  message: later(({ MessageSheet }) => MessageSheet, closeSheet),
  react: later(({ ReactSheet }) => ReactSheet, closeSheet),
  delete: later(({ DeleteSheet }) => DeleteSheet, closeSheet),
  picture: later(({ Viewer }) => Viewer, closeSheet),
  verify: later(({ VerifySheet }) => VerifySheet, closeSheet),
  contact: later(({ ContactSheet }) => ContactSheet, closeSheet),
};

export function Sheets() {
  const { value } = sheet;
  if (value === null) return null;
  const One = kinds[value.kind];
  return <One key={value.kind} />;
}
