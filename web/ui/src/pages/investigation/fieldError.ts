import { Code, ConnectError } from '@connectrpc/connect';

import { wordsOf } from '../../parts/Problem';

const ofFields = [Code.InvalidArgument, Code.AlreadyExists, Code.NotFound, Code.FailedPrecondition];

/** The field that the server refuses, as forms name it, and why, in the language of the page: its messages begin with the name of the field. */
export function fieldError(error: unknown): { field: string; words: string } | undefined {
  if (!(error instanceof ConnectError) || !ofFields.includes(error.code)) return undefined;
  const [message = ''] = wordsOf(error, '').split('\n');
  const found = /^([a-z_]+)\s*[:：]\s*(.+)$/.exec(message);
  return found ? { field: found[1]!.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), words: found[2]! } : undefined;
}
