/** The screens without a conversation: starting, outside, locked, failed. */

import { isAppError } from '@tacet/base';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { enter, giveUp, unlock } from '../state/lifecycle.ts';
import { daemon, overtaken } from '../state/store.ts';
import { sentenceOf, sentenceOfCode } from '../words/errors.ts';
import { EyeIcon, RestMark } from './icons.tsx';

function Door({ children }: { readonly children: ComponentChildren }) {
  return (
    <main class="door">
      <div class="door-card">
        <RestMark size={64} />
        {children}
      </div>
    </main>
  );
}

export function StartingScreen() {
  return (
    <Door>
      <h1 class="slow">Looking for Tacet on this computer</h1>
      <p class="soft slow">If this stays: start it with tacet up, then tacet open.</p>
    </Door>
  );
}

export function OutsideScreen() {
  const [address, setAddress] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await enter(address);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  return (
    <Door>
      <h1>This window is closed</h1>
      <p>
        Open a new one with <code>tacet open</code>.
      </p>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Or paste the address it printed</span>
          <input
            type="text"
            class="mono"
            spellcheck={false}
            autocomplete="off"
            value={address}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        {problem !== null && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button" disabled={address.trim() === ''}>
          Open
        </button>
      </form>
    </Door>
  );
}

export function LockedScreen() {
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => field.current?.focus(), []);
  const reveal = (): void => {
    if (field.current !== null) field.current.type = shown ? 'password' : 'text';
    setShown(!shown);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const passphrase = field.current?.value ?? '';
    if (passphrase === '' || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await unlock(passphrase);
    } catch (error) {
      setProblem(sentenceOf(error));
      if (isAppError(error, 'window-reopen')) giveUp();
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door>
      <h1>Locked</h1>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Passphrase</span>
          <span class="with-tool">
            <input
              ref={field}
              type="password"
              spellcheck={false}
              autocomplete="off"
              aria-invalid={problem !== null}
            />
            <button
              type="button"
              class="tool"
              aria-label="Show passphrase"
              aria-pressed={shown}
              onClick={reveal}
            >
              <EyeIcon />
            </button>
          </span>
        </label>
        {problem !== null && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? 'Checking, about a second' : 'Unlock'}
        </button>
      </form>
      <p class="soft">
        {overtaken.value > 0
          ? `The lock came before ${overtaken.value === 1 ? 'one text was' : `${overtaken.value} texts were`} handed over. Write it again after unlocking.`
          : 'Mail goes on arriving while this window is locked.'}
      </p>
    </Door>
  );
}

export function FailedScreen() {
  const current = daemon.value;
  const isNew = current?.state === 'none';
  return (
    <Door>
      <h1>{isNew ? 'No profile yet' : 'This profile cannot be opened'}</h1>
      {isNew ? (
        <p>
          Make one with <code>tacet profile create</code>, then reload this window.
        </p>
      ) : (
        <p>{sentenceOfCode(current?.reason ?? '') ?? `Reason: ${current?.reason ?? 'unknown'}`}</p>
      )}
      <button type="button" class="button" onClick={() => location.reload()}>
        Look again
      </button>
    </Door>
  );
}
