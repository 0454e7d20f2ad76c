import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Typography, type ButtonProps } from 'antd';
import { useRef, useState, type ReactNode } from 'react';

import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { fieldError } from './fieldError';

interface Props<Values> {
  /** On the button, and over the form. */
  label: string;
  title?: string;
  hint?: ReactNode;
  icon?: ReactNode;
  type?: ButtonProps['type'];
  danger?: boolean;
  disabled?: boolean;
  /** What the form begins with. */
  initial?: Partial<Values>;
  /** More to fill in than the reason. */
  children?: ReactNode;
  /** false for what needs no reason. */
  reason?: boolean;
  run: (values: Values & { why: string }) => Promise<unknown>;
}

/** A button that asks for the reason, and what else is needed, before it does something. Whatever goes wrong, the form stays. */
export function ActionButton<Values extends object>({ label, title, hint, icon, type, danger, disabled, initial, children, reason = true, run }: Props<Values>) {
  const texts = useTexts();
  const t = texts.investigation;
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm();
  const busy = useRef(false); // two quick taps come before the button says that it works
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: run,
    onSuccess: () => setOpen(false),
    onSettled: () => (busy.current = false),
    onError: (error) => {
      // Somebody else was faster: the next try begins from what there is now, with what was typed here.
      if (error instanceof ConnectError && error.code === Code.AlreadyExists) void client.invalidateQueries({ queryKey: ['CaseService'] });
      const wrong = fieldError(error);
      if (wrong && wrong.field in form.getFieldsValue()) form.setFields([{ name: wrong.field, errors: [wrong.words] }]);
    },
  });
  const begin = () => {
    action.reset();
    setOpen(true);
  };
  return (
    <>
      <Button icon={icon} type={type} danger={danger} disabled={disabled} onClick={begin}>
        {label}
      </Button>
      <Modal
        open={open}
        title={title ?? label}
        onCancel={() => setOpen(false)}
        onOk={form.submit}
        okText={label}
        okButtonProps={{ danger, loading: action.isPending }}
        cancelText={texts.common.cancel}
        destroyOnHidden
      >
        {hint && <Typography.Paragraph type="secondary">{hint}</Typography.Paragraph>}
        <Form form={form} preserve={false} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(values) => {
            if (busy.current) return;
            busy.current = true;
            action.mutate(values);
          }}>
          {children}
          {reason && (
            <Form.Item name="why" label={t.why} rules={[{ required: true, whitespace: true, message: t.whyNeeded }]}>
              <Input.TextArea rows={2} maxLength={500} />
            </Form.Item>
          )}
        </Form>
        {action.error && <Problem error={action.error} />}
      </Modal>
    </>
  );
}
