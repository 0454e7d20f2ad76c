import { Form, Input } from 'antd';

import { useTexts } from '../../language';

/** A new password, twice. Its field is called password. */
export function NewPassword({ label }: { label?: string }) {
  const t = useTexts().account;
  return (
    <>
      <Form.Item name="password" label={label ?? t.password} extra={t.passwordHint} rules={[{ required: true, message: t.required }, { min: 10, message: t.passwordHint }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t.repeat}
        dependencies={['password']}
        rules={[
          { required: true, message: t.required },
          ({ getFieldValue }) => ({ validator: (_, value) => (!value || value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t.different))) }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}
