/** The other end of the admin socket, for the commands of `tacet-relay`. */
import { request } from 'node:http';
import { AppError, isAppError, type Millis } from '@tacet/base';
import type { Readiness } from '../config/types.ts';
import { LIMITS } from '../limits.ts';
import type { OperatorStatus } from '../operations.ts';

export interface StatusAnswer extends OperatorStatus, Readiness {
  readonly version: string;
  readonly upDays: number;
}

export type AdminVerb = 'leave' | 'stay' | 'stop' | 'reload';

/** @throws `relay-not-running`, `relay-silent`, or what the process refuses with */
export async function askStatus(
  socketPath: string,
  patience: Millis = LIMITS.adminAnswerMs,
): Promise<StatusAnswer> {
  return (await ask(socketPath, 'GET', '/status', patience)) as StatusAnswer;
}

/** @throws `relay-not-running`, `relay-silent`, or what the process refuses with */
export async function askFor(socketPath: string, verb: AdminVerb): Promise<StatusAnswer> {
  return (await ask(socketPath, 'POST', `/${verb}`)) as StatusAnswer;
}

/** How often each thing happened; exact, so for the operator's eyes only. */
export async function askCounters(socketPath: string): Promise<Readonly<Record<string, number>>> {
  const body = await ask(socketPath, 'GET', '/counters');
  return (body as { counters: Record<string, number> }).counters;
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  timeout: Millis = LIMITS.adminAnswerMs,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const absent = (cause: unknown): void => {
      const none = 'no process answers on the admin socket';
      const isSilent = isAppError(cause, 'relay-silent');
      reject(isSilent ? cause : new AppError('relay-not-running', 'state', none, { cause }));
    };
    const asked = request({ socketPath, method, path, timeout }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('error', absent);
      response.on('end', () => {
        const body = JSON.parse(text) as { code?: string; message?: string };
        if (response.statusCode === 200) resolve(body);
        else reject(new AppError(body.code ?? 'relay-needed', 'refused', body.message ?? ''));
      });
    });
    asked.on('timeout', () => asked.destroy(silent()));
    asked.on('error', absent);
    asked.end();
  });
}

function silent(): AppError {
  return new AppError('relay-silent', 'state', 'the process runs, but does not answer in time');
}
