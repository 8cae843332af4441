/** The edge process under test: asked and answered by token, killed, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../../tools/run.mjs', import.meta.url));
const EDGE = fileURLToPath(new URL('./edge.ts', import.meta.url));

export class EdgeProcess {
  private readonly dir: string;
  private child: ChildProcess | null = null;
  private readonly waiting = new Map<number, (answer: Uint8Array | null) => void>();
  private nextToken = 1;
  private dead: Promise<void> = Promise.resolve();

  constructor(dir: string) {
    this.dir = dir;
  }

  start(): void {
    const child = spawn(process.execPath, [RUN, EDGE, this.dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    let rest = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 6) {
        const end = 6 + rest.readUInt16BE(4);
        if (rest.length < end) break;
        this.settle(rest.readUInt32BE(0), Uint8Array.from(rest.subarray(6, end)));
        rest = rest.subarray(end);
      }
    });
    // What is written to a process that was just killed is lost, like packets on their way.
    child.stdin.on('error', () => undefined);
    this.dead = new Promise((resolve) => {
      child.once('close', () => {
        // An answer that was written before the kill counts: 'close' comes after all output.
        for (const answer of this.waiting.values()) answer(null);
        this.waiting.clear();
        resolve();
      });
    });
  }

  /** The answer, or null when the process died first. */
  ask(request: Uint8Array): Promise<Uint8Array | null> {
    const token = this.nextToken++;
    const frame = Buffer.alloc(6 + request.length);
    frame.writeUInt32BE(token, 0);
    frame.writeUInt16BE(request.length, 4);
    frame.set(request, 6);
    return new Promise((resolve) => {
      this.waiting.set(token, resolve);
      this.child?.stdin?.write(frame);
    });
  }

  /** SIGKILL; settles when everything it had said was heard. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.dead;
  }

  private settle(token: number, answer: Uint8Array): void {
    this.waiting.get(token)?.(answer);
    this.waiting.delete(token);
  }
}
