// Who is signed in. Pages below SessionProvider are shown to somebody who is; what the server refuses for want of a session
// asks to sign in again on top of the page, so that nothing entered is lost.
import { Code, ConnectError } from '@connectrpc/connect';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

import { signInApi } from '../api/account';
import type { Account, GetSessionResponse, Role } from '../api/menshen/v1/account_pb';

interface Session {
  state: GetSessionResponse;
  account: Account;
  /** The site's time zone, IANA. */
  zone: string;
  /** Whether the account has any of these roles; true for none. */
  may: (roles: Role[]) => boolean;
  /** Asks the server anew. */
  refresh: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

export const sessionKey = ['session'];

export const sessionQuery = { queryKey: sessionKey, queryFn: () => signInApi.getSession({}), staleTime: 60_000 };

/** The session as the server has it; also where nobody is signed in. */
export function useSessionState() {
  return useQuery({ ...sessionQuery, refetchInterval: 5 * 60_000 });
}

/** The session of whoever is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

/** Whether an error says that there is no session any more. */
export function signedOut(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}

/** The session for the pages below. ended says that the server has none any more; state is then the last that there was. */
export function SessionProvider({ state, ended, again, children }: { state: GetSessionResponse; ended: boolean; again: ReactNode; children: ReactNode }) {
  const client = useQueryClient();
  const [refused, setRefused] = useState(false);
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: sessionKey }), [client]);

  useEffect(() => {
    const look = (error: unknown) => signedOut(error) && setRefused(true);
    const queries = client.getQueryCache().subscribe((event) => event.type === 'updated' && event.action.type === 'error' && look(event.action.error));
    const changes = client.getMutationCache().subscribe((event) => event.type === 'updated' && event.action.type === 'error' && look(event.action.error));
    return () => {
      queries();
      changes();
    };
  }, [client]);

  // A new state of a session that lasts: somebody signed in again. What was refused in between is asked anew.
  useEffect(() => {
    if (ended) return;
    setRefused((was) => {
      if (was) void client.invalidateQueries({ predicate: (query) => query.state.status === 'error' });
      return false;
    });
  }, [client, ended, state]);

  const session = useMemo<Session>(() => {
    const account = state.account!;
    return { state, account, zone: state.timeZone || 'UTC', refresh, may: (roles) => roles.length === 0 || roles.some((role) => account.roles.includes(role)) };
  }, [state, refresh]);
  return (
    <SessionContext.Provider value={session}>
      {children}
      {(ended || refused) && again}
    </SessionContext.Provider>
  );
}
