import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Empty, Flex, Input, Segmented, Spin, Statistic, Table, Typography } from 'antd';
import { useEffect, useState } from 'react';

import { casesApi, tracingPoliciesApi } from '../../api/case';
import type { GetCaseResponse, PolicyDifference, PolicyRef } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { policiesQuery, PolicySelect } from './PolicySelect';
import { KeyboardScroll } from './KeyboardScroll';
import { useSite } from '../../parts/site';
import { choices, Level, policyText, versionWords, Who, word } from './tags';

/** What another policy, or other numbers of one, would change: who enters, who leaves, whose level changes. Nothing is changed. */
export default function WhatIf({ of }: { of: GetCaseResponse }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const id = of.case!.id;
  const [policy, setPolicy] = useAddress('policy');
  const [kind, setKind] = useAddress('kind');
  const [yaml, setYaml] = useState<string>();
  const text = useQuery({
    queryKey: ['TracingPolicyService', 'getTracingPolicy', policy || policyText(of.case!.policy)],
    queryFn: () => tracingPoliciesApi.getTracingPolicy({ policy: policy || policyText(of.case!.policy) }),
    enabled: yaml !== undefined,
  });
  const { data: policies } = useQuery(policiesQuery);
  const asked = useMutation({ mutationFn: (ask: { policy?: string; yaml?: string }) => casesApi.whatIf({ case: id, ...ask }) });
  const compare = asked.mutate;
  useEffect(() => {
    if (policy) compare({ policy });
  }, [policy, compare]);
  const r = asked.data;
  const named = (ref: PolicyRef | undefined, name?: string) => name || inLanguage(policies?.policies.find((p) => p.ref?.id === ref?.id)?.name, language) || (ref?.id ?? '–');
  const before = r && `${named(r.before, r.before?.id === of.case!.policy?.id ? inLanguage(of.policyName, language) : '')} · ${versionWords(r.before, t)}`;
  const after = r && `${named(r.after)} · ${asked.variables?.yaml ? t.editedNumbers : versionWords(r.after, t)}`;
  const shown = (r?.differences ?? []).filter((d) => !kind || d.kind === kind);
  const level = (l: string, generation: number, risk: string) => (l ? <><Level level={l} risk={risk} /> {t.generationOf(generation)}</> : '–');
  return (
    <Flex vertical gap={12}>
      <Typography.Paragraph type="secondary" style={{ margin: 0 }}>
        {t.whatIfHint}
      </Typography.Paragraph>
      <Flex gap={8} wrap align="center">
        <PolicySelect
          label={t.otherPolicy}
          value={policy || undefined}
          onChange={(v) => {
            setYaml(undefined);
            setPolicy(v ?? '');
          }}
        />
        <Button onClick={() => setYaml(yaml === undefined ? '' : undefined)} aria-expanded={yaml !== undefined}>
          {t.editNumbers}
        </Button>
      </Flex>
      {yaml !== undefined && (
        <Spin spinning={text.isFetching}>
          <Input.TextArea
            aria-label={t.policyText}
            value={yaml || text.data?.yaml || ''}
            onChange={(e) => setYaml(e.target.value)}
            rows={16}
            spellCheck={false}
            style={{ fontFamily: 'ui-monospace, monospace', fontSize: 13, marginBlockEnd: 8 }}
          />
          <Button type="primary" loading={asked.isPending} onClick={() => compare({ yaml: yaml || text.data?.yaml })}>
            {t.compare}
          </Button>
        </Spin>
      )}
      {(asked.error || text.error) && <Problem error={asked.error ?? text.error} />}
      {asked.isPending && <Spin description={t.comparing}><div style={{ height: 80 }} /></Spin>}
      {!r && !asked.isPending && !asked.error && <Empty description={t.choosePolicy} />}
      {r && (
        <>
          <Typography.Paragraph style={{ margin: 0 }}>
            {before}: {clock.full(r.beforeFrom)} – {clock.full(r.beforeTo)}
            <br />
            {after}: {clock.full(r.afterFrom)} – {clock.full(r.afterTo)}
            {r.missingBefore && ` · ${t.missingBefore(clock.full(r.missingBefore))}`}
          </Typography.Paragraph>
          <Flex gap={32} wrap>
            <Statistic title={t.differences.entered} value={r.entered} />
            <Statistic title={t.differences.left} value={r.left} />
            <Statistic title={t.differences.changed} value={r.changed} />
            <Statistic title={t.unchanged} value={r.same} />
          </Flex>
          <div>
            <Segmented value={kind} onChange={setKind} options={[{ value: '', label: t.allOfThem }, ...choices(t.differences)]} aria-label={t.whatIf} />
          </div>
          <KeyboardScroll label={t.whatIf}>
            <Table<PolicyDifference>
              size="small"
              virtual
              rowKey={(d) => d.person?.id ?? ''}
              dataSource={shown}
              pagination={false}
              scroll={{ x: 1060, y: 480 }}
              columns={[
                { title: t.change, key: 'kind', width: 90, render: (_, d) => word(t.differences, d.kind) },
                { title: t.name, key: 'name', width: 190, render: (_, d) => <Who of={d.person} /> },
                { title: before, key: 'before', width: 250, render: (_, d) => level(d.levelBefore, d.generationBefore, d.riskBefore) },
                { title: after, key: 'after', width: 250, render: (_, d) => level(d.levelAfter, d.generationAfter, d.riskAfter) },
                { title: t.reason, key: 'words', width: 360, render: (_, d) => inLanguage(d.words, language) },
              ]}
            />
          </KeyboardScroll>
        </>
      )}
    </Flex>
  );
}
