/** Lines above everything: what a person must know before reading on. */
import { daemon, status, streaming } from '../state/store.ts';

export function Banners() {
  const network = status.value?.network ?? null;
  return (
    <>
      {network !== null && !network.crowd && (
        <p class="banner banner-warn">
          <strong>demonstration: no crowd</strong>
          <span class="banner-more"> It shows how Tacet works. It does not hide you.</span>
        </p>
      )}
      {!streaming.value && daemon.value !== null && (
        <p class="banner banner-plain" role="status">
          Tacet on this computer does not answer. Trying again; nothing is lost.
        </p>
      )}
    </>
  );
}
