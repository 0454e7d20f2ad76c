import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Modal } from 'antd';

import { permitsApi } from '../../../api/permit';
import { useLanguage, useTexts } from '../../../language';
import { PersonSelect } from '../../../parts/PersonSelect';
import { Problem, wordsOf } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { PermitFields, permitOf, termFields, type PermitTerms } from './PermitFields';
import { refusedField } from './refusal';

type Fields = PermitTerms & { person: string };

/** The kinds that the office issues; a visitor's permit comes with the visit. */
export const issuedKinds = ['resident', 'returnee', 'temporary', 'worker', 'vehicle'];

/** Issues one permit. What is refused is said at the field that it is about, and everything entered stays. */
export function IssuePermit({ onClose, onPrint }: { onClose: () => void; onPrint: (permit: string) => void }) {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { notification } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const issue = useMutation({
    mutationFn: (fields: Fields) => permitsApi.issuePermit({ permit: permitOf(clock, fields.person, fields) }),
    onSuccess: ({ permit }) => {
      const key = permit!.id;
      notification.success({
        key,
        title: t.issuedNow(t.permitKinds[permit!.kind] ?? permit!.kind),
        actions: (
          <Button
            type="primary"
            onClick={() => {
              notification.destroy(key);
              onPrint(key);
            }}
          >
            {t.printIt}
          </Button>
        ),
      });
      void client.invalidateQueries({ queryKey: ['PermitService'] });
      onClose();
    },
    onError: (error) => {
      const field = refusedField(error, ['person', ...termFields], 'person');
      if (field) form.setFields([{ name: field as keyof Fields, errors: wordsOf(error, texts.common.offline, language).split('\n') }]);
    },
  });
  const elsewhere = issue.error && !refusedField(issue.error, ['person', ...termFields], 'person');
  return (
    <Modal open title={t.issueOne} onCancel={onClose} onOk={form.submit} okText={t.issue} okButtonProps={{ loading: issue.isPending }} cancelText={texts.common.cancel} width={600} style={{ top: 24 }}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ kind: 'resident' }} onFinish={(fields) => issue.mutate(fields)} scrollToFirstError>
        <Form.Item name="person" label={t.holder} rules={[{ required: true, message: t.personNeeded }]}>
          <PersonSelect />
        </Form.Item>
        <PermitFields kinds={issuedKinds} />
        {elsewhere && <Problem error={issue.error} />}
      </Form>
    </Modal>
  );
}
