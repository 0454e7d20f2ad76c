import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Checkbox, Flex, Result, Spin, Tabs, Typography } from 'antd';
import { useState } from 'react';

import { healthApi } from '../../../api/health';
import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import { download } from '../../../parts/download';
import { ImportResult } from './ImportResult';
import { TableSource, type HandedTable } from './TableSource';

/** Tables in and out. */
export default function Imports() {
  const t = useTexts().care;
  const [tab, setTab] = useAddress('tab', 'people');
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.imports}
      </Typography.Title>
      <Tabs
        activeKey={tab}
        onChange={setTab}
        destroyOnHidden
        items={[
          { key: 'people', label: t.importPeople, children: <Import of="people" /> },
          { key: 'returnees', label: t.importReturnees, children: <Import of="returnees" /> },
          { key: 'export', label: t.exportPeople, children: <Export /> },
        ]}
      />
    </Flex>
  );
}

/** Takes a table in, after a trial that changes nothing. */
function Import({ of }: { of: 'people' | 'returnees' }) {
  const texts = useTexts();
  const t = texts.care;
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const [table, setTable] = useState<HandedTable>();
  const run = useMutation({
    mutationFn: async ({ name, data, dryRun }: { name: string; data: Uint8Array<ArrayBuffer>; dryRun: boolean }) => {
      if (of === 'people') return { ...(await registryApi.importPeople({ name, data, dryRun })), dryRun };
      return { ...(await healthApi.registerReturnees({ name, data, dryRun })), dryRun };
    },
    onSuccess: (answer) => {
      if (answer.dryRun) return;
      void message.success(t.taken(answer.taken.length));
      void client.invalidateQueries();
    },
  });
  const rows = table?.rows ? table.rows.length - 1 : undefined;
  const answer = run.data;
  const take = () =>
    modal.confirm({
      title: t.takeAsk(answer!.taken.length, answer!.refused.length),
      content: t.takeHint,
      okText: t.take(answer!.taken.length),
      cancelText: texts.common.cancel,
      onOk: () => run.mutate({ name: table!.name, data: table!.data, dryRun: false }),
    });
  return (
    <Flex vertical gap={16}>
      <Typography.Text>{t.importHint}</Typography.Text>
      <TableSource
        table={table}
        columns={of === 'people' ? t.peopleColumns : t.returneeColumns}
        onTable={(handed) => {
          run.reset();
          setTable(handed);
        }}
      />
      {table && !answer && !run.isPending && (
        <Button type="primary" size="large" onClick={() => run.mutate({ name: table.name, data: table.data, dryRun: true })} style={{ alignSelf: 'start' }}>
          {t.dryRun}
        </Button>
      )}
      {run.isPending && (
        <Flex gap={12} align="center" role="status">
          <Spin /> {run.variables.dryRun ? t.dryRunning : t.importing} {rows !== undefined && t.rows(rows)}
        </Flex>
      )}
      {run.error && <Problem error={run.error} />}
      {table && answer && !run.isPending && (
        <Card
          size="small"
          className="care-card"
          title={answer.dryRun ? t.wouldBe : t.wasDone}
          extra={
            answer.dryRun && (
              <Button type="primary" disabled={answer.taken.length === 0} onClick={take}>
                {t.take(answer.taken.length)}
              </Button>
            )
          }
        >
          {!answer.dryRun && <Result status="success" title={t.taken(answer.taken.length)} style={{ padding: 12 }} />}
          {answer.dryRun && answer.taken.length === 0 && <Typography.Paragraph type="danger">{t.nothingToTake}</Typography.Paragraph>}
          <ImportResult taken={answer.taken} refused={answer.refused} table={table} />
        </Card>
      )}
    </Flex>
  );
}

/** The people as a table. Whole document numbers are asked for twice. */
function Export() {
  const texts = useTexts();
  const t = texts.care;
  const { modal, message } = App.useApp();
  const [documents, setDocuments] = useState(false);
  const run = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') => registryApi.exportPeople({ format, documents }),
    onSuccess: (file) => {
      download(file.name, file.data as Uint8Array<ArrayBuffer>, file.name.endsWith('.csv') ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
      void message.success(t.exported(file.rows));
    },
  });
  const ask = (format: 'csv' | 'xlsx') => {
    if (!documents) return run.mutate(format);
    modal.confirm({ title: t.documentsAsk, content: t.documentsHint, okText: t.exportAs(format.toUpperCase()), okButtonProps: { danger: true }, cancelText: texts.common.cancel, onOk: () => run.mutate(format) });
  };
  return (
    <Flex vertical gap={16} align="start">
      <Typography.Text>{t.exportHint}</Typography.Text>
      <Checkbox checked={documents} onChange={(e) => setDocuments(e.target.checked)}>
        {t.withDocuments}
      </Checkbox>
      <Flex gap={8}>
        <Button type="primary" loading={run.isPending} onClick={() => ask('xlsx')}>
          {t.exportAs('XLSX')}
        </Button>
        <Button disabled={run.isPending} onClick={() => ask('csv')}>
          {t.exportAs('CSV')}
        </Button>
      </Flex>
      {run.error && <Problem error={run.error} />}
    </Flex>
  );
}
