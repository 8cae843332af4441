/** Values against the methods table: one error with the path of the first field that is wrong. */
import { AppError } from '@tacet/base';
import * as v from 'valibot';
import { type MethodName, methods, type ParamsOf, type ResultOf } from './methods.ts';

/** Throws `params-invalid`. The message names the field and never repeats its value. */
export function checkParams<M extends MethodName>(method: M, params: unknown): ParamsOf<M> {
  const outcome = v.safeParse(methods[method].params, params ?? {});
  if (!outcome.success) {
    throw new AppError('params-invalid', 'usage', `${method}: ${complaint(outcome.issues[0])}`);
  }
  return outcome.output as ParamsOf<M>;
}

/** Throws `answer-invalid` when the daemon is of another version than its caller. */
export function checkResult<M extends MethodName>(method: M, result: unknown): ResultOf<M> {
  const outcome = v.safeParse(methods[method].result, result);
  if (!outcome.success) {
    throw new AppError(
      'answer-invalid',
      'input',
      `the daemon's answer to ${method} has another form: restart it with this version`,
    );
  }
  return outcome.output as ResultOf<M>;
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? '';
  const field = path === '' ? 'parameters' : `parameter ${path}`;
  if (issue.expected === 'never') return `${field} is not known`;
  if (issue.received === 'undefined') return `${field} is missing`;
  return `${field} is not ${described(issue)}`;
}

function described(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'max_length':
      return 'short enough';
    case 'min_length':
      return 'long enough';
    case 'regex':
      return 'of the right form';
    case 'min_value':
    case 'max_value':
      return `${issue.expected ?? 'in range'}`;
    default:
      return (issue.expected ?? 'right').replaceAll('"', '').toLowerCase();
  }
}
