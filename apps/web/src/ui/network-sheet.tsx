/** The connection, the privacy level with its cost, and what it has used. */
import type { CardView, DisputeView, NetworkView, ProfileStatus } from '@tacet/api';
import { alarms, sheet, status } from '../state/store.ts';
import { sentenceOfCode } from '../words/errors.ts';
import { alarmText, linkSentence, linkWord, pauseSentence, remarksOf } from '../words/network.ts';
import { safeName } from '../words/safe.ts';
import { bytes } from '../words/size.ts';
import { exactTime, span, spanRange } from '../words/time.ts';
import { LevelSwitch } from './level-switch.tsx';
import { LinkDot } from './link-dot.tsx';
import { SheetFrame } from './sheet.tsx';

export function NetworkSheet() {
  const current = status.value;
  if (sheet.value?.kind !== 'network' || current === null) return null;
  return (
    <SheetFrame title="Network and privacy">
      <section class="block">
        <p class="link-line">
          <LinkDot link={current.link} />
          <strong>{linkWord[current.link]}</strong>
        </p>
        <p class="soft">{linkSentence[current.link]}</p>
        {pauseSentence(current) !== null && <p class="warn">{pauseSentence(current)}</p>}
        {current.stalled && <p class="warn">{alarmText['no-progress']}</p>}
        {alarms.value.map((code, index) => (
          <p key={index} class="warn">
            {alarmText[code] ??
              sentenceOfCode(code) ??
              `Something needs attention: ${safeName(code)}`}
          </p>
        ))}
      </section>
      <LevelSwitch current={current} />
      <Figures current={current} />
      {current.card !== null && (
        <Where card={current.card} network={current.network} edge={current.edge} />
      )}
      {current.disputes.length > 0 && <Disputes disputes={current.disputes} />}
    </SheetFrame>
  );
}

function Figures({ current }: { readonly current: ProfileStatus }) {
  const { deliveryP50, deliveryP95, bytesUp, bytesDown, outbox } = current;
  const total = Math.max(1, bytesUp + bytesDown);
  return (
    <section class="block">
      <h3>Measured here</h3>
      <dl class="figures">
        <div>
          <dt>Delivery</dt>
          <dd>
            {deliveryP50 === null || deliveryP95 === null
              ? 'known after five messages'
              : spanRange(deliveryP50, deliveryP95)}
          </dd>
        </div>
        <div>
          <dt>Waiting to be sent</dt>
          <dd>{outbox === 0 ? 'nothing' : outbox}</dd>
        </div>
        <div>
          <dt>Data used</dt>
          <dd>{bytes(bytesUp + bytesDown)}</dd>
        </div>
      </dl>
      <svg
        class="gauge"
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${bytes(bytesUp)} sent, ${bytes(bytesDown)} received`}
      >
        <rect class="gauge-down" width="100" height="4" />
        <rect class="gauge-up" width={(100 * bytesUp) / total} height="4" />
      </svg>
      <p class="soft">
        {bytes(bytesUp)} sent, {bytes(bytesDown)} received. It is the same whether you write or not.
      </p>
    </section>
  );
}

function Where({
  card,
  network,
  edge,
}: {
  readonly card: CardView;
  readonly network: NetworkView | null;
  readonly edge: string | null;
}) {
  return (
    <section class="block">
      <h3>
        <bdi>{safeName(card.name)}</bdi>
        {remarksOf(card, network).map((remark) => ` (${remark})`)}
      </h3>
      {network !== null && !network.crowd && (
        <p class="warn">
          demonstration: no crowd. Hiding needs others to hide among, and here there are none.
        </p>
      )}
      {card.authorities === 1 && (
        <p class="warn">
          One authority: whoever runs it decides alone which relays this network has.
        </p>
      )}
      <dl class="figures">
        <div>
          <dt>Who signs its plan</dt>
          <dd>
            {card.threshold} of {card.authorities}
          </dd>
        </div>
        <div>
          <dt>Who may join</dt>
          <dd>{card.closed ? 'whoever has its card' : 'everybody'}</dd>
        </div>
        <div>
          <dt>Your way in</dt>
          <dd>{edge === null ? 'none yet' : safeName(edge)}</dd>
        </div>
        {network !== null && <Plan network={network} />}
      </dl>
    </section>
  );
}

function Plan({ network }: { readonly network: NetworkView }) {
  return (
    <>
      <div>
        <dt>Relays</dt>
        <dd>{network.relays}</dd>
      </div>
      <div>
        <dt>Mixing at each relay</dt>
        <dd>about {span(network.delayMean)}</dd>
      </div>
      <div>
        <dt>A packet at least every</dt>
        <dd>{span(network.slot)}</dd>
      </div>
      <div>
        <dt>Network plan</dt>
        <dd>{span(network.documentAge)} old</dd>
      </div>
    </>
  );
}

function Disputes({ disputes }: { readonly disputes: readonly DisputeView[] }) {
  return (
    <section class="block">
      <h3>Two plans of the network</h3>
      <ul>
        {disputes.map((dispute) => (
          <li key={`${dispute.epoch}/${dispute.other}`}>
            {dispute.contact === null ? (
              'The authorities signed two plans'
            ) : (
              <>
                <bdi>{safeName(dispute.contact)}</bdi> holds another plan than you
              </>
            )}{' '}
            for {exactTime(dispute.epochStart)}: <code>{dispute.own.slice(0, 16)}</code> here,{' '}
            <code>{dispute.other.slice(0, 16)}</code> there.
          </li>
        ))}
      </ul>
      <p class="warn">
        Somebody may be shown a false network. Compare with other contacts and with whoever runs it.
        Until it is explained, do not rely on it to hide whom you talk to. Both plans were kept.
      </p>
    </section>
  );
}
