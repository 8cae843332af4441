/** Lines above everything: what a person must know before reading on. */
import { daemon, status, streaming } from '../state/store.ts';
import { pauseSentence } from '../words/network.ts';

export function Banners() {
  const { value } = status;
  const network = value?.network ?? null;
  const pause = value === null || value.card === null ? null : pauseSentence(value);
  return (
    <>
      {network !== null && !network.crowd && (
        <p class="banner banner-warn">
          <strong>demonstration: no crowd</strong>
          <span class="banner-more"> It shows how Tacet works. It does not hide you.</span>
        </p>
      )}
      {network !== null && pause !== null && (
        <p class="banner banner-warn" role="status">
          {pause}
        </p>
      )}
      {value !== null && value.disputes.length > 0 && (
        <p class="banner banner-warn" role="status">
          Two plans of the network were seen for one time. Network and privacy says what to do.
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
