import { Button, Flex, Segmented, Table, Tag, Typography } from 'antd';
import { useMemo, useState } from 'react';

import type { RowRefusal, RowResult } from '../../../api/menshen/v1/registry_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { downloadTable } from '../../../parts/download';
import { harmless, toCSV } from './table';
import type { HandedTable } from './TableSource';

interface Line {
  line: number;
  name: string;
  dwelling: string;
  outcome: string;
  detail: string;
  hint: string;
}

const colours: Record<string, string> = { added: 'success', observed: 'success', changed: 'processing', unchanged: 'default', refused: 'error' };

/** What became, or would become, of each row; refused rows first. Of thousands of rows those in sight are drawn alone. */
export function ImportResult({ taken, refused, table }: { taken: RowResult[]; refused: RowRefusal[]; table: HandedTable }) {
  const t = useTexts().care;
  const { language } = useLanguage();
  const [outcome, setOutcome] = useState('');
  const lines = useMemo<Line[]>(
    () => [
      ...refused.map((row) => ({ line: row.line, name: row.name, dwelling: '', outcome: 'refused', detail: inLanguage(row.reason, language), hint: inLanguage(row.hint, language) })),
      ...taken.map((row) => ({
        line: row.line,
        name: row.name,
        dwelling: row.dwelling,
        outcome: row.outcome,
        detail: row.outcome === 'changed' ? t.changes + row.changed.map((column) => t.columns[column] ?? column).join(language === 'en' ? ', ' : '、') : '',
        hint: '',
      })),
    ],
    [taken, refused, language, t],
  );
  const counts = useMemo(() => {
    const all = new Map<string, number>();
    for (const { outcome: of } of lines) all.set(of, (all.get(of) ?? 0) + 1);
    return all;
  }, [lines]);
  const shown = outcome ? lines.filter((line) => line.outcome === outcome) : lines;
  const save = () => {
    const heading = table.rows?.[0];
    const rows = refused.map((row) => {
      const why = [inLanguage(row.reason, language), inLanguage(row.hint, language)];
      return heading ? [...heading.map((_, at) => table.rows?.[row.line - 1]?.[at] ?? ''), ...why] : [String(row.line), row.name, ...why];
    });
    downloadTable('refused.csv', toCSV(harmless([heading ? [...heading, t.detail, t.whatToDo] : [t.line, t.name, t.detail, t.whatToDo], ...rows])));
  };
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap align="center">
        <Segmented
          aria-label={t.outcome}
          value={outcome}
          onChange={setOutcome}
          options={[{ value: '', label: t.rows(lines.length) }, ...Object.keys(t.outcomes).filter((of) => counts.get(of)).map((of) => ({ value: of, label: `${t.outcomes[of]} ${counts.get(of)}` }))]}
        />
        {refused.length > 0 && (
          <>
            <Button onClick={save}>{t.refusedFile}</Button>
            <Typography.Text type="secondary">{t.refusedHint}</Typography.Text>
          </>
        )}
      </Flex>
      <Table<Line>
        size="small"
        virtual
        rowKey="line"
        dataSource={shown}
        pagination={false}
        scroll={{ y: 460, x: 900 }}
        columns={[
          { title: t.line, dataIndex: 'line', width: 70 },
          { title: t.name, dataIndex: 'name', width: 120 },
          { title: t.dwelling, dataIndex: 'dwelling', width: 120 },
          { title: t.outcome, width: 110, render: (_, row) => <Tag color={colours[row.outcome]}>{t.outcomes[row.outcome] ?? row.outcome}</Tag> },
          { title: t.detail, dataIndex: 'detail', width: 240 },
          { title: t.whatToDo, dataIndex: 'hint', width: 240 },
        ]}
      />
    </Flex>
  );
}
