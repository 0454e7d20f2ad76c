import { Alert, Flex, Radio, Table, Typography } from 'antd';

import { useTexts } from '../../../language';

export interface Difference {
  field: string;
  label: string;
  theirs: string;
  mine: string;
  /** Only they changed it. */
  untouched: boolean;
}

/** What two people wrote, side by side: whoever came second chooses, and loses nothing. */
export function Merge({ differences, chosen, onChoose }: { differences: Difference[]; chosen: Record<string, 'mine' | 'theirs'>; onChoose: (field: string, whose: 'mine' | 'theirs') => void }) {
  const t = useTexts().office;
  const value = (text: string) => (text ? <Typography.Text>{text}</Typography.Text> : <Typography.Text type="secondary">{t.empty}</Typography.Text>);
  return (
    <Flex vertical gap={12} data-testid="merge">
      <Alert type="warning" showIcon role="alert" title={t.conflictTitle} description={t.conflictHint} />
      <Table
        size="small"
        rowKey="field"
        pagination={false}
        dataSource={differences}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t.field, dataIndex: 'label' },
          {
            title: t.theirs,
            render: (_, line) => (
              <Radio checked={chosen[line.field] === 'theirs'} onChange={() => onChoose(line.field, 'theirs')} aria-label={`${line.label}: ${t.theirs} ${line.theirs}`}>
                {value(line.theirs)}
              </Radio>
            ),
          },
          {
            title: t.mine,
            render: (_, line) =>
              line.untouched ? (
                <Typography.Text type="secondary">{t.takenOver}</Typography.Text>
              ) : (
                <Radio checked={chosen[line.field] === 'mine'} onChange={() => onChoose(line.field, 'mine')} aria-label={`${line.label}: ${t.mine} ${line.mine}`}>
                  {value(line.mine)}
                </Radio>
              ),
          },
        ]}
      />
    </Flex>
  );
}

/** Compares three states of the same fields: what both began from, theirs and mine. */
export function differencesOf(base: Record<string, string>, theirs: Record<string, string>, mine: Record<string, string>, labels: Record<string, string>, words: (field: string, value: string) => string): Difference[] {
  return Object.keys(base)
    .filter((field) => theirs[field] !== base[field] && theirs[field] !== mine[field])
    .map((field) => ({ field, label: labels[field] ?? field, theirs: words(field, theirs[field] ?? ''), mine: words(field, mine[field] ?? ''), untouched: mine[field] === base[field] }));
}

/** Mine, but for what only they changed: nothing typed gives way by itself. */
export function firstChoice(differences: Difference[]): Record<string, 'mine' | 'theirs'> {
  return Object.fromEntries(differences.map((line) => [line.field, line.untouched ? 'theirs' : 'mine']));
}
