/** `npm run lab -- <command>`: figures as JSON on standard output, progress on standard error. */
import { parseArgs } from 'node:util';
import { commitName } from './about.ts';
import { absence } from './absence.ts';
import { away } from './away.ts';
import { chaos } from './chaos.ts';
import { contacts } from './contacts.ts';
import { contactsTable } from './contacts-table.ts';
import { crowdReport } from './crowd/report.ts';
import { day } from './day.ts';
import { edgeLoss } from './edge-loss.ts';
import { playBlocks } from './histories/blocks.ts';
import { histories } from './histories/report.ts';
import { mixing } from './mixing/run.ts';
import { manyScenarios } from './scenarios/many.ts';

const HELP = `npm run -s lab -- day --seed 7            one virtual day, figures and trace hash as JSON
npm run -s lab -- scenarios --runs 10          ten scenarios, each with so many seeds
npm run -s lab -- chaos --runs 10 --seed 1     100 texts under 40 kills, a line of JSON a run
npm run -s lab -- mixing --seed 7 --json     pools, layers and loops against closed forms and attacks
npm run -s lab -- histories --runs 10000       two people under loss, absence and crashes, against a model
npm run -s lab -- histories --runs 2500 --seed 3 --keep FILE   a part of them: goes on where it stopped
npm run -s lab -- histories --sum FILE,FILE    the report of parts that were kept
npm run -s lab -- crowd --runs 20               does the estimate of the crowd hold 50, 200, 1,000 people
npm run -s lab -- away --days 30               back after so many days, with boxes of 21
npm run -s lab -- contacts --seed 7 --level strong|balanced   300 contacts, 10 active: waits and delivery
npm run -s lab -- absence --days 90 --level strong|balanced   300 contacts write to somebody who comes back
npm run -s lab -- edge-loss --contacts 40      the own edge goes for good: no, killed, drained; a line of JSON each
npm run -s lab -- day --people 20 --hours 24 --slot 4000

Standard output carries one JSON object; the same seed gives the same trace.`;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '7' },
      people: { type: 'string', default: '20' },
      hours: { type: 'string', default: '24' },
      slot: { type: 'string', default: '4000' },
      runs: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      contacts: { type: 'string', default: '300' },
      active: { type: 'string', default: '10' },
      minutes: { type: 'string', default: '60' },
      level: { type: 'string' },
      keep: { type: 'string' },
      sum: { type: 'string' },
      all: { type: 'boolean', default: false },
      days: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length === 0) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  if (positionals[0] === 'scenarios') {
    const result = await manyScenarios(whole(values.runs), whole(values.seed), (line) =>
      process.stderr.write(`${line}\n`),
    );
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.failures.length === 0 ? 0 : 1;
  }
  if (positionals[0] === 'chaos') {
    let bad = 0;
    for (let run = 0; run < whole(values.runs); run++) {
      const result = await chaos({ seed: whole(values.seed) + run, texts: 100, kills: 40 });
      const failed =
        result.delivered < result.texts ||
        result.lost.length + result.twice.length + result.backwards.length > 0;
      if (failed) bad++;
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
    process.stderr.write(`${bad} of ${values.runs} runs failed\n`);
    return bad === 0 ? 0 : 1;
  }
  if (positionals[0] === 'crowd') {
    const report = crowdReport(whole(values.runs), whole(values.seed), (line) =>
      process.stderr.write(`${line}\n`),
    );
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.held ? 0 : 1;
  }
  if (positionals[0] === 'mixing') {
    const seed = whole(values.seed);
    const result = await mixing({ seed, onProgress: (line) => process.stderr.write(`${line}\n`) });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.failed === 0 ? 0 : 1;
  }
  if (positionals[0] === 'histories') {
    const options = { runs: whole(values.runs), seed: whole(values.seed) };
    const { keep: file, sum } = values;
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const result =
      file === undefined
        ? await histories({ ...options, ...(sum !== undefined && { kept: sum.split(',') }) }, say)
        : await playBlocks({ ...options, file }, say);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.failed.length === 0 ? 0 : 1;
  }
  if (positionals[0] === 'away') {
    const seed = whole(values.seed);
    const result = await away({ seed, days: whole(values.days), boxLifeDays: 21 });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result.arrived === result.texts && result.twice === 0 ? 0 : 1;
  }
  const progress = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  if (positionals[0] === 'contacts') {
    const { level } = values;
    if (level !== undefined && level !== 'strong' && level !== 'balanced') {
      throw new UsageError('a level is strong or balanced');
    }
    const result = await contacts({
      seed: whole(values.seed),
      contacts: whole(values.contacts),
      active: whole(values.active),
      texts: 120,
      levels: level === undefined ? ['strong', 'balanced'] : [level],
      minutes: whole(values.minutes),
      all: values.all,
      onProgress: progress,
    });
    progress(contactsTable(result));
    process.stdout.write(`${JSON.stringify({ ...result, commit: commitName() })}\n`);
    return result.levels.every((one) => one.arrived === one.texts && one.twice === 0) ? 0 : 1;
  }
  if (positionals[0] === 'absence') {
    const { level = 'balanced' } = values;
    if (level !== 'strong' && level !== 'balanced' && level !== 'fast') {
      throw new UsageError('a level is strong, balanced or fast');
    }
    const result = await absence({
      level,
      seed: whole(values.seed),
      contacts: whole(values.contacts),
      days: whole(values.days),
      onProgress: progress,
    });
    process.stdout.write(`${JSON.stringify({ ...result, commit: commitName() })}\n`);
    return result.arrived === result.texts && result.twice === 0 ? 0 : 1;
  }
  if (positionals[0] === 'edge-loss') {
    const [seed, contacts] = [whole(values.seed), whole(values.contacts)];
    let bad = 0;
    for (const loss of ['none', 'killed', 'drained'] as const) {
      const result = await edgeLoss({ seed, contacts, loss });
      if (result.delivered < result.texts || result.twice > 0) bad++;
      process.stdout.write(`${JSON.stringify({ ...result, commit: commitName() })}\n`);
    }
    return bad === 0 ? 0 : 1;
  }
  if (positionals[0] !== 'day') {
    process.stderr.write(`Unknown command; try --help.\n`);
    return 2;
  }
  const began = performance.now();
  const result = await day({
    seed: whole(values.seed),
    people: whole(values.people),
    hours: whole(values.hours),
    slotMs: whole(values.slot),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  process.stdout.write(`${JSON.stringify({ ...result, wallSeconds: seconds })}\n`);
  return 0;
}

class UsageError extends Error {}

function isUsage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof UsageError || String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS')
  );
}

function whole(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`not a whole number: ${text}`);
  return Number(text);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isUsage(error)) throw error;
  process.stderr.write(`${error.message.split('\n', 1)[0]}\n\n${HELP}\n`);
  process.exitCode = 2;
}
