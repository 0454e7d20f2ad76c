import { useQueryClient } from '@tanstack/react-query';
import { App, Alert, Button, Card, Empty, Flex, Form, Input, Progress, Segmented, Table, Tag, Typography } from 'antd';
import { useRef, useState } from 'react';
import { Link } from 'react-router';

import { peopleApi } from '../../../api/core';
import { permitsApi } from '../../../api/permit';
import type { PersonView } from '../../../api/menshen/v1/api_pb';
import { signedOut, useSession } from '../../../app/session';
import { useLanguage, useTexts } from '../../../language';
import { Problem, unreachable, wordsOf } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import { useSite } from '../../../parts/site';
import './care.css';
import { downloadTable } from '../../../parts/download';
import { PermitFields, permitOf, type PermitTerms } from './PermitFields';
import { Sheets } from './Sheets';
import { harmless, toCSV } from './table';
import { ofBuilding, ofList, type Unmatched } from './whom';

const everybody = 10_000;
const atOnce = 4;

interface Done {
  permit?: string;
  refused?: string;
}

/** Issues the same permit to many, tells of each what became of it, and prints those that were issued in one go. */
export default function BatchPermits() {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const [way, setWay] = useAddress('by', 'building');
  const [text, setText] = useState('');
  const [people, setPeople] = useState<PersonView[]>();
  const [unmatched, setUnmatched] = useState<Unmatched[]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  const [finding, setFinding] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [done, setDone] = useState<Map<string, Done>>(new Map());
  const [running, setRunning] = useState(false);
  const [printing, setPrinting] = useState(false);
  const stopped = useRef(false);
  const { refresh } = useSession();
  const [form] = Form.useForm<PermitTerms>();

  const find = async () => {
    setFinding(true);
    setProblem(undefined);
    try {
      const query = way === 'building' ? text.trim() : '';
      const all = (await peopleApi.listPeople({ query, limit: everybody })).people.filter((p) => p.state !== 'inactive');
      const { found, unmatched: none } = way === 'building' ? { found: ofBuilding(all, text), unmatched: [] } : ofList(all, text);
      setPeople(found);
      setUnmatched(none);
      setChosen(found.map((p) => p.id));
      setDone(new Map());
    } catch (error) {
      setProblem(error);
    } finally {
      setFinding(false);
    }
  };

  const waiting = chosen.filter((id) => !done.get(id)?.permit && !done.get(id)?.refused);
  const run = async (terms: PermitTerms) => {
    stopped.current = false;
    setRunning(true);
    setProblem(undefined);
    const queue = [...waiting];
    const work = async () => {
      for (let person = queue.shift(); person && !stopped.current; person = queue.shift()) {
        const id = person;
        try {
          const { permit } = await permitsApi.issuePermit({ permit: permitOf(clock, id, terms) });
          setDone((before) => new Map(before).set(id, { permit: permit!.id }));
        } catch (error) {
          if (unreachable(error) || signedOut(error)) {
            stopped.current = true; // says nothing of this person: they go on waiting
            setProblem(error);
            if (signedOut(error)) void refresh();
            return;
          }
          setDone((before) => new Map(before).set(id, { refused: wordsOf(error, texts.common.offline, language) }));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    setRunning(false);
    void client.invalidateQueries({ queryKey: ['PermitService'] });
  };
  const ask = (terms: PermitTerms) =>
    modal.confirm({ title: t.batchConfirm(waiting.length, t.permitKinds[terms.kind] ?? terms.kind), okText: t.issue, cancelText: texts.common.cancel, onOk: () => void run(terms) });

  const issued = [...done.values()].flatMap((one) => one.permit ?? []);
  const refused = (people ?? []).filter((p) => done.get(p.id)?.refused);
  const begun = done.size > 0;
  return (
    <Flex vertical gap={16} style={{ maxWidth: 1100 }}>
      <Flex align="center" gap={12} wrap>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {t.batch}
        </Typography.Title>
        <Link to="/office/permits">{t.permits}</Link>
      </Flex>
      <Card size="small" title={t.batchWhom} hidden={begun}>
        <Flex vertical gap={12}>
          <Segmented value={way} onChange={setWay} options={[{ value: 'building', label: t.batchBuilding }, { value: 'list', label: t.batchList }]} style={{ alignSelf: 'start' }} />
          {way === 'building' ? (
            <Input aria-label={t.batchBuilding} placeholder={t.batchBuildingHint} value={text} onChange={(e) => setText(e.target.value)} onPressEnter={() => void find()} style={{ maxWidth: 360 }} />
          ) : (
            <>
              <Input.TextArea aria-label={t.batchList} rows={6} value={text} onChange={(e) => setText(e.target.value)} placeholder={'王芳\n3-2-14-1402\n赵敏 1-1-2-201'} />
              <Typography.Text type="secondary">{t.batchListHint}</Typography.Text>
            </>
          )}
          <Button type={people ? 'default' : 'primary'} disabled={!text.trim() || running} loading={finding} onClick={() => void find()} style={{ alignSelf: 'start' }}>
            {t.batchFind}
          </Button>
          {people?.length === 0 && unmatched.length === 0 && <Empty description={t.batchNobody} />}
          {unmatched.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={t.batchUnknown(unmatched.length)}
              description={
                <ul style={{ margin: 0, paddingInlineStart: 20, maxHeight: 160, overflow: 'auto' }} tabIndex={0}>
                  {unmatched.map(({ line, why }, i) => (
                    <li key={i}>
                      {line}: {t.batchUnknownRow[why]}
                    </li>
                  ))}
                </ul>
              }
            />
          )}
        </Flex>
      </Card>
      {people && people.length > 0 && (
        <>
          <Card size="small" title={t.batchTerms} hidden={begun}>
            <Form<PermitTerms> form={form} layout="vertical" requiredMark={false} initialValues={{ kind: 'resident' }} onFinish={ask} disabled={begun} scrollToFirstError>
              <PermitFields kinds={['resident', 'returnee', 'temporary', 'worker']} />
            </Form>
          </Card>
          <Card
            size="small"
            className="care-card"
            title={<span aria-live="polite">{begun ? t.batchDone(issued.length, refused.length) : t.batchChosen(chosen.length, people.length)}</span>}
            extra={
              <Flex gap={8} wrap>
                {running && (
                  <Button danger onClick={() => (stopped.current = true)}>
                    {t.batchStop}
                  </Button>
                )}
                {!running && waiting.length > 0 && (
                  <Button type="primary" onClick={form.submit}>
                    {begun ? t.batchGoOn(waiting.length) : t.batchIssue(waiting.length)}
                  </Button>
                )}
                {!running && issued.length > 0 && (
                  <Button type="primary" onClick={() => setPrinting(true)}>
                    {t.batchPrint(issued.length)}
                  </Button>
                )}
                {!running && refused.length > 0 && (
                  <Button
                    onClick={() =>
                      downloadTable('refused.csv', toCSV(harmless([[t.name, t.dwelling, t.detail], ...refused.map((p) => [p.name, p.dwelling, done.get(p.id)!.refused!.replaceAll('\n', ' ')])])))
                    }
                  >
                    {t.batchRefused}
                  </Button>
                )}
                {!running && begun && (
                  <Button
                    onClick={() => {
                      setPeople(undefined);
                      setDone(new Map());
                      setText('');
                    }}
                  >
                    {t.batchAgain}
                  </Button>
                )}
              </Flex>
            }
          >
            {(running || begun) && <Progress percent={Math.round((done.size / Math.max(chosen.length, 1)) * 100)} aria-label={t.batchProgress(done.size, chosen.length)} format={() => `${done.size}/${chosen.length}`} />}
            {!running && begun && waiting.length > 0 && <Alert type="warning" showIcon title={t.batchStopped} style={{ marginBlock: 8 }} />}
            <Table<PersonView>
              size="small"
              rowKey="id"
              virtual
              dataSource={people}
              pagination={false}
              scroll={{ y: 420, x: 640 }}
              rowSelection={begun ? undefined : { selectedRowKeys: chosen, onChange: (keys) => setChosen(keys as string[]), getCheckboxProps: (p) => ({ 'aria-label': `${p.name} ${p.dwelling}` }) as object }}
              columns={[
                { title: t.name, dataIndex: 'name', width: 140 },
                { title: t.dwelling, dataIndex: 'dwelling', width: 140 },
                ...(begun
                  ? [
                      {
                        title: t.batchResult,
                        key: 'result',
                        render: (_: unknown, p: PersonView) => <ResultOf of={done.get(p.id)} chosen={chosen.includes(p.id)} />,
                      },
                    ]
                  : []),
              ]}
            />
          </Card>
        </>
      )}
      {problem !== undefined && <Problem error={problem} />}
      {printing && <Sheets permits={issued} onClose={() => setPrinting(false)} />}
    </Flex>
  );
}

function ResultOf({ of: one, chosen }: { of?: Done; chosen: boolean }) {
  const t = useTexts().care;
  if (!chosen) return <>–</>;
  if (one?.permit) return <Tag color="success">{t.batchResults.issued}</Tag>;
  if (one?.refused)
    return (
      <>
        <Tag color="error">{t.batchResults.refused}</Tag> {one.refused}
      </>
    );
  return <Tag>{t.batchResults.waiting}</Tag>;
}
