import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

import { casesApi } from '../../api/case';
import type { CaseContact } from '../../api/menshen/v1/case_pb';

const page = 1000;

/** All contacts of a case, page after page, in the order of the server: by generation, level and time together. */
export function useContacts(id: string, withdrawn = false) {
  return useQuery({
    queryKey: ['CaseService', 'listContacts', { case: id, withdrawn }],
    queryFn: async ({ signal }) => {
      const all: CaseContact[] = [];
      for (;;) {
        const answer = await casesApi.listContacts({ case: id, withdrawn, offset: all.length, limit: page }, { signal });
        all.push(...answer.contacts);
        if (answer.contacts.length === 0 || all.length >= answer.total) return all;
      }
    },
  });
}

/** Asks everything about cases anew after a change. */
export function useChanged() {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: ['CaseService'] }), [client]);
}
