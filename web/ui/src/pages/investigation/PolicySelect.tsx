import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';

import { tracingPoliciesApi } from '../../api/case';
import { inLanguage, useLanguage, useTexts } from '../../language';

export const policiesQuery = {
  queryKey: ['TracingPolicyService', 'listTracingPolicies', {}],
  queryFn: () => tracingPoliciesApi.listTracingPolicies({}),
  staleTime: 60_000,
};

/** Chooses the policy that contacts are judged by. */
export function PolicySelect({ label, ...props }: { id?: string; value?: string; onChange?: (id: string) => void; label?: string }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { data, isFetching } = useQuery(policiesQuery);
  return (
    <Select
      {...props}
      aria-label={label}
      allowClear
      loading={isFetching}
      placeholder={t.usualPolicy}
      style={{ minWidth: 220 }}
      options={(data?.policies ?? []).map((p) => ({ value: p.ref?.id ?? '', label: inLanguage(p.name, language) || p.ref?.id }))}
    />
  );
}
