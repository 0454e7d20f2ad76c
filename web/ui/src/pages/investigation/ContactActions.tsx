import { App, DatePicker, Flex, Form, Input, Select, Typography } from 'antd';
import type { Dayjs } from 'dayjs';

import { casesApi } from '../../api/case';
import type { CaseContact, LabTest } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { useChanged } from './contacts';
import { useSite } from '../../parts/site';
import { timePicker } from '../../parts/timePicker';
import { choices, word } from './tags';

/** What can be done about a contact; every change asks for its reason. */
export function ContactActions({ caseId, of: c, others, tests }: { caseId: string; of: CaseContact; others: CaseContact[]; tests: LabTest[] }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { message, modal } = App.useApp();
  const changed = useChanged();
  const which = { case: caseId, contact: c.id };
  const needed = [{ required: true, message: t.needed }];
  const done = async (work: Promise<unknown>) => {
    await work;
    await changed();
    void message.success(t.kept);
  };
  return (
    <Flex gap={8} wrap style={{ marginBlock: 12 }}>
      <ActionButton<{ status: string; from?: Dayjs; to?: Dayjs }>
        label={t.setStatus}
        type="primary"
        run={({ status, from, to, why }) => done(casesApi.setContactStatus({ ...which, status, why, from: clock.fromPicker(from), to: clock.fromPicker(to), revision: c.revision }))}
      >
        <Form.Item name="status" label={t.status} rules={needed}>
          <Select options={choices(t.statuses).filter((o) => o.value !== 'became_case' && o.value !== c.status)} />
        </Form.Item>
        <Form.Item name="from" label={t.isolationFrom} extra={t.isolationFromHint}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="to" label={t.isolationTo} extra={t.isolationToHint}>
          <DatePicker {...timePicker} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ owner?: string }> label={t.setOwner} initial={{ owner: c.owner }} run={({ owner, why }) => done(casesApi.setContactOwner({ ...which, owner: owner ?? '', why, revision: c.revision }))}>
        <Form.Item name="owner" label={t.owner}>
          <Input maxLength={60} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ level?: string }>
        label={t.setLevel}
        hint={t.setLevelHint}
        initial={{ level: c.level }}
        run={({ level, why }) => done(casesApi.setContactLevel({ ...which, level: level ?? '', why, revision: c.revision }))}
      >
        <Form.Item name="level" label={t.level}>
          <Select allowClear placeholder={t.byPolicy} options={choices(t.levels)} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ days?: [Dayjs, Dayjs] | null }>
        label={t.setFollow}
        hint={t.setFollowHint}
        initial={c.followFrom && c.followTo ? { days: [clock.toPicker(c.followFrom)!, clock.toPicker(c.followTo)!] } : {}}
        run={({ days, why }) => done(casesApi.setContactFollow({ ...which, from: days?.[0].format('YYYY-MM-DD') ?? '', to: days?.[1].format('YYYY-MM-DD') ?? '', why, revision: c.revision }))}
      >
        <Form.Item name="days" label={t.followDays}>
          <DatePicker.RangePicker style={{ width: '100%' }} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ note?: string }> label={t.setNote} initial={{ note: c.note }} run={({ note, why }) => done(casesApi.setContactNote({ ...which, note: note ?? '', why, revision: c.revision }))}>
        <Form.Item name="note" label={t.note}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ kind: string; sampled: Dayjs; result: string }>
        label={t.addTest}
        initial={{ kind: 'pcr', result: 'pending' }}
        run={async ({ kind, sampled, result, why }) => {
          const { proposals } = await casesApi.addTest({ ...which, kind, sampled: clock.fromPicker(sampled), result, why });
          await changed();
          if (proposals.length > 0) modal.info({ title: t.proposals, content: proposals.map((p) => <p key={p.zh}>{inLanguage(p, language)}</p>) });
        }}
      >
        <Form.Item name="kind" label={t.testKind} rules={needed}>
          <Select options={choices(t.testKinds)} />
        </Form.Item>
        <Form.Item name="sampled" label={t.sampledAt} rules={needed}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="result" label={t.result} rules={needed}>
          <Select options={choices(t.results)} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ number: string; onset?: Dayjs; sampled?: Dayjs }>
        label={t.promote}
        hint={t.promoteHint}
        run={({ number, onset, sampled, why }) => done(casesApi.promoteContact({ ...which, number, why, clinical: { onset: clock.fromPicker(onset), sampled: clock.fromPicker(sampled) } }))}
      >
        <Form.Item name="number" label={t.number} rules={needed}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item name="onset" label={t.onset} extra={t.onsetHint}>
          <DatePicker {...timePicker} />
        </Form.Item>
        <Form.Item name="sampled" label={t.sampled}>
          <DatePicker {...timePicker} />
        </Form.Item>
      </ActionButton>
      <ActionButton<{ into: string }> label={t.merge} hint={t.mergeHint} run={({ into, why }) => done(casesApi.mergeContacts({ ...which, into, why }))}>
        <Form.Item name="into" label={t.mergeInto} rules={needed}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={others.filter((o) => o.id !== c.id && !o.mergedInto && !areTwoPeople(o, c)).map((o) => ({ value: o.id, label: `${o.person?.name ?? ''} ${o.person?.dwelling ?? ''} ${word(t.sources, o.source)}` }))}
          />
        </Form.Item>
      </ActionButton>
      <ActionButton
        label={t.makeLink}
        hint={t.linkHint}
        reason={false}
        run={async () => {
          const { link, expires } = await casesApi.createFollowUpLink(which);
          modal.success({ title: t.linkMade(clock.full(expires)), content: <Typography.Text copyable>{link}</Typography.Text>, width: 560 });
        }}
      />
      <ActionButton label={t.endLinks} run={({ why }) => done(casesApi.endFollowUpLinks({ ...which, why }))} />
      {c.source === 'interview' && <ActionButton label={t.erase} hint={t.eraseHint} danger run={({ why }) => done(casesApi.eraseContact({ ...which, why, revision: c.revision }))} />}
      {tests.map((test) => (
        <ActionButton<{ result: string }>
          key={test.id}
          label={`${word(t.testKinds, test.kind)} ${clock.minute(test.sampled)} · ${word(t.results, test.result)}`}
          disabled={test.result !== 'pending'}
          run={({ result, why }) => done(casesApi.setTestResult({ case: caseId, test: test.id, result, why }))}
        >
          <Form.Item name="result" label={t.result} rules={needed}>
            <Select options={choices(t.results)} />
          </Form.Item>
        </ActionButton>
      ))}
    </Flex>
  );
}

/** Whether the registry knows two contacts as two people: then they are never one. */
function areTwoPeople(a: CaseContact, b: CaseContact): boolean {
  return Boolean(a.person?.id && b.person?.id) && a.person!.id !== b.person!.id;
}
