import { Code, ConnectError } from '@connectrpc/connect';

/** The field that the server refuses and why: its messages begin with the name of the field. */
export function fieldError(error: unknown): { field: string; words: string } | undefined {
  if (!(error instanceof ConnectError) || ![Code.InvalidArgument, Code.AlreadyExists, Code.NotFound, Code.FailedPrecondition].includes(error.code)) return undefined;
  const found = /^([a-z_]+)\s*[:：]\s*([^]+)$/.exec(error.rawMessage);
  return found ? { field: found[1]!, words: found[2]! } : undefined;
}
