import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Flex, Tag, Typography } from 'antd';

import { operationApi } from '../../api/operation';
import type { RetentionRule } from '../../api/menshen/v1/operation_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { download } from '../../parts/download';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';

/** How long what is kept, and what goes next. */
export function Retention() {
  const t = useTexts().operation;
  const { language } = useLanguage();
  const { minute } = useTimes();
  const number = new Intl.NumberFormat(language);
  const rules = useQuery({ queryKey: ['operation', 'retention'], queryFn: () => operationApi.listRetention({}) });
  const papers = useMutation({
    mutationFn: () => operationApi.getAssessment({}),
    onSuccess: ({ html, json, name }) => {
      download(`${name}.html`, html.slice(), 'text/html');
      download(`${name}.json`, json.slice(), 'application/json');
    },
  });
  if (rules.error) return <Problem error={rules.error} onRetry={() => void rules.refetch()} />;
  return (
    <Flex vertical gap={12}>
      <Sheet<RetentionRule>
        rowKey="id"
        loading={rules.isPending}
        dataSource={rules.data?.rules}
        columns={[
          { title: t.kind, render: (_, { what }) => <strong>{inLanguage(what, language)}</strong> },
          { title: t.howLong, render: (_, { howLong }) => <div style={{ maxWidth: 360, whiteSpace: 'normal' }}>{inLanguage(howLong, language)}</div> },
          { title: t.kept, align: 'end', render: (_, { counted, kept }) => (counted ? number.format(kept) : '') },
          { title: t.due, align: 'end', render: (_, { counted, due }) => (counted && due > 0n ? <Tag color="warning">{number.format(due)}</Tag> : counted ? '0' : '') },
          { title: t.removed, align: 'end', render: (_, { lookedAt, total }) => (lookedAt ? number.format(total) : '') },
          { title: t.looked, render: (_, { lookedAt, removed }) => lookedAt && `${minute(lookedAt)} (${number.format(removed)})` },
          { title: t.key, render: (_, { key }) => key && <Typography.Text code>{key}</Typography.Text> },
        ]}
      />
      <Typography.Text type="secondary">{t.retentionHint}</Typography.Text>
      <Flex>
        <Button loading={papers.isPending} onClick={() => papers.mutate()}>{t.assessment}</Button>
      </Flex>
      {papers.error && <Problem error={papers.error} />}
    </Flex>
  );
}
