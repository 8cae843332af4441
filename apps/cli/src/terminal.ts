/** The world around the command line, as values, so that tests can stand in for it. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '@tacet/base';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly outIsTty: boolean;
  readonly inIsTty: boolean;
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything on standard input, at most `cap` bytes of UTF-8; throws `input-too-long`, `input-encoding`. */
  readAll(cap: number): Promise<string>;
  /** Asks on the terminal without echo. */
  askSecret(question: string): Promise<string>;
}

export function systemTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  // A reader that went away (`| head`) is not an error of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTty: stdout.isTTY === true,
    inIsTty: stdin.isTTY === true,
    colour: stdout.isTTY === true && !plain,
    env,
    async readAll(cap) {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of stdin as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > cap) {
          throw new AppError('input-too-long', 'input', 'standard input is longer than allowed');
        }
        chunks.push(chunk);
      }
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
      } catch {
        throw new AppError('input-encoding', 'input', 'standard input is not UTF-8 text');
      }
    },
    askSecret(question) {
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input: stdin, output: silent, terminal: true });
      stderr.write(question);
      return new Promise((resolve, reject) => {
        lines.once('line', (line) => {
          resolve(line);
          lines.close();
        });
        lines.once('SIGINT', () => {
          process.kill(process.pid, 'SIGINT');
        });
        lines.once('close', () => {
          stderr.write('\n');
          reject(new AppError('passphrase-needed', 'state', 'no passphrase was given'));
        });
      });
    },
  };
}
