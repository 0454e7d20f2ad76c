import { FileExcelOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Input, Table, Typography, Upload } from 'antd';
import { useState } from 'react';

import { useTexts } from '../../../language';
import './care.css';
import { parseTable, textOf, toCSV } from './table';

/** A table that somebody handed over. */
export interface HandedTable {
  name: string;
  /** As the API takes it. */
  data: Uint8Array<ArrayBuffer>;
  /** The rows with the heading, where they could be read here; line n of the server is rows[n - 1]. */
  rows?: string[][];
}

const most = 16 << 20;

/** The rows of a text as a table. They are sent anew as CSV with each row in one line, so that lines can be told apart. */
export function tableOfText(name: string, text: string): HandedTable {
  const rows = parseTable(text);
  return { name, rows, data: new TextEncoder().encode(toCSV(rows)) };
}

async function tableOfFile(file: File): Promise<HandedTable> {
  const data = new Uint8Array(await file.arrayBuffer());
  // A workbook begins as any zip file does, whatever it is called.
  if (data[0] === 0x50 && data[1] === 0x4b) return { name: file.name.replace(/\.csv$/i, '.xlsx'), data };
  if (/\.(csv|txt|tsv)$/i.test(file.name)) return tableOfText(file.name.replace(/\.\w+$/, '.csv'), textOf(data));
  return { name: file.name, data };
}

/** Takes a table: dropped, chosen, or pasted from a spreadsheet. Of thousands of rows only the first are shown. */
export function TableSource({ table, onTable, columns }: { table?: HandedTable; onTable: (table?: HandedTable) => void; columns: string }) {
  const t = useTexts().care;
  const [typed, setTyped] = useState('');
  const [large, setLarge] = useState(false);
  if (table) {
    const [heading = [], ...rows] = table.rows ?? [];
    return (
      <Card size="small" className="care-card" title={table.rows ? t.tableOf(table.name === 'pasted.csv' ? t.pastedTable : table.name, rows.length) : t.tableFile(table.name, Math.ceil(table.data.length / 1024))} extra={<Button onClick={() => onTable(undefined)}>{t.otherTable}</Button>}>
        {table.rows && (
          <Table
            size="small"
            aria-label={t.firstRows}
            pagination={false}
            scroll={{ x: 'max-content' }}
            rowKey={(row) => row.key}
            dataSource={rows.slice(0, 4).map((cells, key) => ({ key, cells }))}
            columns={heading.slice(0, 20).map((title, at) => ({ title: title || '–', key: at, render: (_: unknown, row: { cells: string[] }) => row.cells[at] }))}
          />
        )}
      </Card>
    );
  }
  const take = (text: string) => onTable(tableOfText('pasted.csv', text));
  return (
    <Flex vertical gap={12}>
      <Flex gap={16} wrap align="stretch">
        <div style={{ flex: '1 1 280px' }}>
          <Upload.Dragger
            accept=".csv,.xlsx,.txt,.tsv"
            showUploadList={false}
            beforeUpload={(file) => {
              setLarge(file.size > most);
              if (file.size <= most) void tableOfFile(file).then(onTable);
              return false;
            }}
          >
            <p style={{ fontSize: 28, margin: 0 }}>
              <FileExcelOutlined />
            </p>
            <p style={{ margin: '4px 8px' }}>{t.dropFile}</p>
            <Typography.Text type={large ? 'danger' : 'secondary'} role={large ? 'alert' : undefined}>
              {t.dropLimit}
            </Typography.Text>
          </Upload.Dragger>
        </div>
        <Flex vertical gap={8} style={{ flex: '1 1 320px' }}>
          <Input.TextArea
            aria-label={t.pasteLabel}
            placeholder={t.pasteHere}
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            onPaste={(e) => {
              const text = e.clipboardData.getData('text/plain');
              if (!/[\r\n]./.test(text)) return;
              e.preventDefault(); // thousands of rows would be drawn for nothing
              take(text);
            }}
            style={{ flex: 1, minHeight: 120, resize: 'vertical' }}
          />
          {typed.trim() && (
            <Button onClick={() => take(typed)} style={{ alignSelf: 'start' }}>
              {t.rows(Math.max(parseTable(typed).length - 1, 0))} →
            </Button>
          )}
        </Flex>
      </Flex>
      <Typography.Text type="secondary">
        {t.importColumns} {columns}
      </Typography.Text>
    </Flex>
  );
}
