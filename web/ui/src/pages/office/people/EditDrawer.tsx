import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Drawer, Flex, Form } from 'antd';
import { useState, type ReactNode } from 'react';

import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { differencesOf, firstChoice, Merge, type Difference } from './Merge';

interface State<T> {
  revision: string;
  fields: T;
}

interface Props<T extends Record<string, string>> {
  title: string;
  start: State<T>;
  labels: Record<string, string>;
  /** A field's value for people. */
  words: (field: string, value: string) => string;
  /** The state that the server has now. */
  latest: () => Promise<State<T>>;
  save: (fields: T, revision: string) => Promise<void>;
  onClose: () => void;
  children: ReactNode;
  whole: (values: Partial<T>) => T;
}

/** Edits a record that somebody else may be editing too: nobody writes over the other unseen, and nothing typed is lost. */
export function EditDrawer<T extends Record<string, string>>({ title, start, labels, words, latest, save, onClose, children, whole }: Props<T>) {
  const t = useTexts().office;
  const common = useTexts().common;
  const { modal } = App.useApp();
  const [form] = Form.useForm<T>();
  const [base, setBase] = useState(start);
  const [theirs, setTheirs] = useState<State<T>>();
  const [lines, setLines] = useState<Difference[]>([]);
  const [chosen, setChosen] = useState<Record<string, 'mine' | 'theirs'>>({});
  // As a mutation, so that the way in comes on top of the page where the session has ended.
  const saving = useMutation({ mutationFn: ({ fields, revision }: { fields: T; revision: string }) => save(fields, revision) });

  const mine = () => whole(form.getFieldsValue(true) as Partial<T>);
  const put = async (fields: T, revision: string) => {
    try {
      await saving.mutateAsync({ fields, revision });
      onClose();
    } catch (error) {
      if (error instanceof ConnectError && error.code === Code.AlreadyExists && (await conflict(fields, revision))) saving.reset();
    }
  };
  /** Shows what the other wrote, if that is why; begins from there. */
  const conflict = async (fields: T, revision: string) => {
    const now = await latest().catch(() => undefined);
    if (!now || now.revision === revision) return false;
    const found = differencesOf(base.fields, now.fields, fields, labels, words);
    setTheirs(now);
    setLines(found);
    setChosen(firstChoice(found));
    return true;
  };
  const merged = () => {
    const all: Record<string, string> = { ...mine() };
    for (const line of lines) if (chosen[line.field] === 'theirs') all[line.field] = theirs!.fields[line.field] ?? '';
    return all as T;
  };
  const saveMerged = async () => {
    const fields = merged();
    form.setFieldsValue(fields as never);
    setBase(theirs!);
    setLines([]);
    const revision = theirs!.revision;
    setTheirs(undefined);
    await put(fields, revision);
  };
  const close = () => {
    const typed = mine();
    if (!Object.keys(base.fields).some((field) => typed[field] !== base.fields[field])) return onClose();
    modal.confirm({ title: t.discard, content: t.discardHint, okText: common.yes, cancelText: common.no, onOk: onClose });
  };

  return (
    <Drawer
      open
      title={title}
      size={640}
      onClose={close}
      closable={{ 'aria-label': common.close }}
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={close}>{common.cancel}</Button>
          {theirs ? (
            <Button type="primary" loading={saving.isPending} onClick={() => void saveMerged()}>
              {t.saveMerged}
            </Button>
          ) : (
            <Button type="primary" loading={saving.isPending} onClick={() => form.submit()}>
              {t.save}
            </Button>
          )}
        </Flex>
      }
    >
      {theirs && <Merge differences={lines} chosen={chosen} onChoose={(field, whose) => setChosen({ ...chosen, [field]: whose })} />}
      <Form form={form} layout="vertical" requiredMark={false} initialValues={start.fields} onFinish={() => void put(mine(), base.revision)} disabled={saving.isPending} hidden={!!theirs}>
        {children}
      </Form>
      {saving.error && <Problem error={saving.error} />}
    </Drawer>
  );
}
