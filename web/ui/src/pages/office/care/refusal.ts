import { Code, ConnectError } from '@connectrpc/connect';

/** The field that a refusal is about. What the registry refuses about somebody (health, household, a permit that there is) is about the holder. */
export function refusedField(error: unknown, fields: string[], otherwise: string): string | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const named = /^([a-z_]+):/.exec(error.rawMessage)?.[1];
  if (named && fields.includes(named)) return named;
  switch (error.code) {
    case Code.AlreadyExists:
    case Code.NotFound:
      return otherwise;
    case Code.InvalidArgument:
      return [
        [/plate/, 'plate'],
        [/over already|needs an end|ends before|end\b/, 'to'],
        [/hours/, 'hours'],
        [/quota/, 'quotaDays'],
        [/gate/, 'gates'],
      ].find(([pattern, field]) => (pattern as RegExp).test(error.rawMessage) && fields.includes(field as string))?.[1] as string | undefined;
    default:
      return undefined;
  }
}
