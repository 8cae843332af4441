/** The real command line, as a person runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TACET = fileURLToPath(new URL('../../apps/cli/bin/tacet.mjs', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface TacetOptions {
  /** Added to a bare environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly input?: Uint8Array | undefined;
  /** Milliseconds after which it is ended. */
  readonly timeout?: number;
}

/** Runs `tacet --profile PROFILE ...` over the profiles in `home`, in a bare environment. */
export function tacet(
  home: string,
  profile: string,
  argv: readonly string[],
  { env = {}, input = new Uint8Array(), timeout = 60_000 }: TacetOptions = {},
): Promise<Outcome> {
  const options = {
    env: { PATH: process.env['PATH'], HOME: home, TACET_HOME: home, ...env },
    timeout,
  };
  return new Promise((resolve) => {
    const args = [TACET, '--profile', profile, ...argv];
    const child = execFile(process.execPath, args, options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, err });
    });
    child.stdin?.end(input);
  });
}
