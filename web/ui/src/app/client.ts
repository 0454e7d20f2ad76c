import { QueryClient } from '@tanstack/react-query';

import { signedOut } from './session';

/** What was fetched from the server, for all pages. */
export const client = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => !signedOut(error) && failures < 2, refetchOnWindowFocus: false },
  },
});
