/** The three levels with what each costs and shows on this network; changing is a second, deliberate act. */
import type { LevelName, ProfileStatus } from '@tacet/api';
import { useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { setLevel } from '../state/actions.ts';
import {
  costOf,
  LEVELS,
  type LevelFacts,
  levelName,
  levelWay,
  SHOWS_NOTHING,
  sentence,
  shownMore,
} from '../words/levels.ts';
import { clockTime } from '../words/time.ts';
import { useRead } from './use-read.ts';

export function LevelSwitch({ current }: { readonly current: ProfileStatus }) {
  const { level, nextLevel, network } = current;
  const compared = useRead(() => call('level.compare', {}), [level, nextLevel, network?.epoch]);
  const [chosen, setChosen] = useState<LevelName>(nextLevel?.level ?? level);
  const facts = (name: LevelName): LevelFacts | null =>
    compared.value?.levels?.find((one) => one.level === name) ?? null;
  const inForce = nextLevel?.level ?? level;
  return (
    <fieldset class="block levels">
      <legend>Privacy level</legend>
      {nextLevel !== null && (
        <p class="warn" role="status">
          {levelName[nextLevel.level]} begins at {clockTime(nextLevel.at)}, a random moment, so that
          your choice does not show. Until then you can take it back.
        </p>
      )}
      {LEVELS.map((name) => (
        <label key={name} class={`level ${chosen === name ? 'is-chosen' : ''}`}>
          <input
            type="radio"
            name="level"
            checked={chosen === name}
            onChange={() => setChosen(name)}
          />
          <span>
            <strong>{levelName[name]}</strong>
            {name === level && <span class="tag">now</span>}
            {name === nextLevel?.level && <span class="tag">soon</span>}
            <span class="level-cost">{levelWay[name]}</span>
            <Facts facts={facts(name)} />
          </span>
        </label>
      ))}
      {compared.value !== null && compared.value.levels === null && (
        <p class="soft">What levels cost is known with a network.</p>
      )}
      {chosen !== inForce && (
        <Change key={chosen} level={chosen} facts={facts(chosen)} now={facts(level)} />
      )}
    </fieldset>
  );
}

function Facts({ facts }: { readonly facts: LevelFacts | null }) {
  if (facts === null) return null;
  return (
    <>
      <span class="level-cost">{costOf(facts)}</span>
      <span class="level-cost">
        {facts.shows[0] === undefined ? SHOWS_NOTHING : sentence(facts.shows[0].text)}
      </span>
    </>
  );
}

interface ChangeProps {
  readonly level: LevelName;
  readonly facts: LevelFacts | null;
  readonly now: LevelFacts | null;
}

/** What is given up stands above the button; where the daemon wants a yes to it, a box is ticked first. */
function Change({ level, facts, now }: ChangeProps) {
  const [busy, setBusy] = useState(false);
  const [isAgreed, setAgreed] = useState(false);
  const more = facts === null || now === null ? [] : shownMore(facts, now);
  const asks = level === 'fast';
  const apply = async (): Promise<void> => {
    setBusy(true);
    await setLevel(level, asks && isAgreed);
    setBusy(false);
  };
  return (
    <div class="level-apply">
      {more.length > 0 && (
        <>
          <p>
            <strong>What others see then, and do not see now</strong>
          </p>
          <ul class="level-more">
            {more.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
      {asks && (
        <label class="check">
          <input
            type="checkbox"
            checked={isAgreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
          <span>I give that up for speed</span>
        </label>
      )}
      <button
        type="button"
        class="button button-main"
        disabled={busy || (asks && !isAgreed)}
        onClick={() => void apply()}
      >
        Change to {levelName[level]}
      </button>
      <p class="soft">
        {asks
          ? 'It begins at a random moment of the next minutes. Your provider sees that the rhythm changes.'
          : 'What shows less holds at once; the line keeps its rhythm for a random while.'}
      </p>
    </div>
  );
}
