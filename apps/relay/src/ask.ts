/** Asks an operator on the terminal. Answers that were given as options, or by `--yes`, are not asked. */
import { createInterface } from 'node:readline/promises';
import { usage } from './options.ts';

export interface Question {
  readonly option: string;
  readonly text: string;
  readonly fallback: string | null;
  /** A sentence when the answer cannot be taken. */
  readonly check: (answer: string) => string | null;
}

export interface Asking {
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly yes: boolean;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** @throws `usage` for a wrong option, or a question that nobody is there to answer */
export async function askAll(
  questions: readonly Question[],
  asking: Asking,
): Promise<Readonly<Record<string, string>>> {
  const answers: Record<string, string> = {};
  for (const { option, check, fallback } of questions) {
    const given = asking.given[option] ?? (asking.yes ? (fallback ?? undefined) : undefined);
    if (given === undefined) continue;
    const wrong = check(given);
    if (wrong !== null) throw usage(`--${option}: ${wrong}`);
    answers[option] = given;
  }
  const open = questions.filter(({ option }) => answers[option] === undefined);
  if (open.length === 0) return answers;
  if (asking.yes || asking.input.isTTY !== true) {
    throw usage(`--${open[0]?.option} is missing, and nobody is there to ask`);
  }
  const lines = createInterface({ input: asking.input, output: asking.output });
  try {
    for (const question of open) answers[question.option] = await ask(question, lines);
  } finally {
    lines.close();
  }
  return answers;
}

async function ask(
  { text, fallback, check }: Question,
  lines: ReturnType<typeof createInterface>,
): Promise<string> {
  for (;;) {
    const suffix = fallback === null ? '' : ` [${fallback}]`;
    const typed = (await lines.question(`${text}${suffix}: `)).trim();
    const answer = typed === '' ? (fallback ?? '') : typed;
    const wrong = check(answer);
    if (wrong === null) return answer;
    lines.write('');
    process.stderr.write(`  ${wrong}\n`);
  }
}
