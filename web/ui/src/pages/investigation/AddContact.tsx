import { DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';

import { casesApi } from '../../api/case';
import { useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { useChanged } from './contacts';
import { FindPerson } from './FindPerson';
import { useSite } from '../../parts/site';
import { timePicker } from '../../parts/timePicker';
import { choices } from './tags';

interface Values {
  person?: string;
  name?: string;
  phone?: string;
  level?: string;
  first?: Dayjs;
  last?: Dayjs;
  note?: string;
}

/** Adds a contact that somebody told of: from the registry, or by name and telephone. */
export function AddContact({ caseId }: { caseId: string }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const changed = useChanged();
  return (
    <ActionButton<Values>
      label={t.addContact}
      hint={t.addContactHint}
      initial={{ level: 'close' }}
      run={async ({ first, last, ...v }) => {
        await casesApi.addContact({ case: caseId, ...v, first: clock.fromPicker(first), last: clock.fromPicker(last) });
        await changed();
      }}
    >
      <Form.Item name="person" label={t.inRegistry}>
        <FindPerson caseId={caseId} />
      </Form.Item>
      <Form.Item name="name" label={t.orName}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item name="phone" label={t.phone}>
        <Input maxLength={30} autoComplete="off" inputMode="tel" />
      </Form.Item>
      <Form.Item name="level" label={t.level}>
        <Select options={choices(t.levels)} />
      </Form.Item>
      <Form.Item name="first" label={t.firstExposure}>
        <DatePicker {...timePicker} />
      </Form.Item>
      <Form.Item name="last" label={t.lastExposure}>
        <DatePicker {...timePicker} />
      </Form.Item>
      <Form.Item name="note" label={t.note} extra={t.noteHint}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </ActionButton>
  );
}
