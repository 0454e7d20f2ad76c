import { Flex, Form, Input, Select } from 'antd';

import { useTexts } from '../../../language';
import { dwellingPattern, emoji, isChild } from './fields';
import { PersonSelect } from '../../../parts/PersonSelect';

/** Lists show nothing chosen for an empty text. */
const chosen = (value: unknown) => ({ value: value || undefined });

const half = { flex: '1 1 220px', minWidth: 0 };

/** Name and dwelling, which everybody has. */
export function NameInputs({ autoFocus }: { autoFocus?: boolean }) {
  const t = useTexts().office;
  return (
    <Flex gap={16} wrap>
      <Form.Item
        name="name"
        label={t.name}
        style={half}
        rules={[
          { required: true, whitespace: true, message: t.needName },
          { validator: (_, value: string) => (emoji.test(value ?? '') ? Promise.reject(new Error(t.noEmoji)) : Promise.resolve()) },
        ]}
      >
        <Input autoFocus={autoFocus} autoComplete="off" maxLength={80} />
      </Form.Item>
      <Form.Item name="dwelling" label={t.dwelling} extra={t.dwellingHint} style={half} rules={[{ pattern: dwellingPattern, message: t.dwellingBad }]}>
        <Input autoComplete="off" maxLength={70} placeholder="3-2-14-1402" />
      </Form.Item>
    </Flex>
  );
}

/** The day of birth, and the guardian of a child. */
export function BirthInputs() {
  const t = useTexts().office;
  const child = isChild(String(Form.useWatch('born') ?? ''));
  const guardian = Form.useWatch('guardian') as string | undefined;
  return (
    <Flex gap={16} wrap>
      <Form.Item name="born" label={t.born} style={{ ...half, maxWidth: 340 }} extra={t.bornHint} rules={[{ pattern: /^\s*(\d{4}-\d{2}-\d{2})?\s*$/, message: t.bornBad }]}>
        <Input autoComplete="off" inputMode="numeric" maxLength={10} />
      </Form.Item>
      <Form.Item getValueProps={chosen} name="guardian" label={t.guardian} style={half} extra={t.guardianHint} hidden={!child && !guardian} rules={[{ required: child, message: t.guardianHint }]}>
        <PersonSelect />
      </Form.Item>
    </Flex>
  );
}

/** Everything else that the office keeps of a person. */
export function ParticularsInputs() {
  const t = useTexts().office;
  const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Flex gap={16} wrap>
        <Form.Item name="phone" label={t.phone} style={half}>
          <Input type="tel" autoComplete="off" maxLength={30} placeholder={t.phoneHint} />
        </Form.Item>
        <Form.Item getValueProps={chosen} name="role" label={t.role} style={half}>
          <Select allowClear options={options(t.roles)} />
        </Form.Item>
      </Flex>
      <Flex gap={16} wrap>
        <Form.Item getValueProps={chosen} name="documentKind" label={t.documentKind} style={half}>
          <Select allowClear options={options(t.documentKinds)} />
        </Form.Item>
        <Form.Item name="documentNumber" label={t.document} style={half}>
          <Input autoComplete="off" maxLength={40} />
        </Form.Item>
      </Flex>
      <BirthInputs />
      <Form.Item getValueProps={chosen} name="language" label={t.noticeLanguage} style={{ maxWidth: 240 }}>
        <Select allowClear placeholder={t.householdLanguage} options={options(t.noticeLanguages)} />
      </Form.Item>
    </>
  );
}
