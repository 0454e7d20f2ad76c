import { Button, Form, Input, Segmented } from 'antd';
import { useState } from 'react';

import { signInApi } from '../../api/account';
import type { Factor } from '../../api/menshen/v1/account_pb';
import { useTexts } from '../../language';
import { CodeInput } from './CodeInput';
import { KeyProblem } from './KeyProblem';
import { askKey, keysWork } from './keys';

/** What shows that it is still oneself: one of these. */
export interface Proof {
  password?: string;
  code?: string;
  answerJson?: string;
}

/** Asks whoever changes how they sign in for the password, a code or a key. */
export function ProveForm({ factors, busy, onProof, action }: { factors: Factor[]; busy: boolean; onProof: (proof: Proof) => void; action: string }) {
  const t = useTexts().account;
  const [way, setWay] = useState('password');
  const [problem, setProblem] = useState<unknown>();
  const ways = [
    { value: 'password', label: t.password },
    ...(factors.some(({ kind }) => kind === 'code') ? [{ value: 'code', label: t.addCode }] : []),
    ...(factors.some(({ kind }) => kind === 'key') && keysWork() ? [{ value: 'key', label: t.keyShort }] : []),
  ];
  const send = async (form: { password?: string; code?: string }) => {
    setProblem(undefined);
    if (way !== 'key') return onProof(way === 'code' ? { code: form.code?.replace(/\s/g, '') } : { password: form.password });
    try {
      onProof({ answerJson: await askKey((await signInApi.beginKey({})).optionsJson) });
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Form layout="vertical" requiredMark={false} onFinish={send}>
      <p>{t.prove}</p>
      {ways.length > 1 && <Segmented options={ways} value={way} onChange={setWay} style={{ marginBottom: 12 }} />}
      {way === 'password' && (
        <Form.Item name="password" label={t.password} rules={[{ required: true, message: t.required }]}>
          <Input.Password autoComplete="current-password" autoFocus />
        </Form.Item>
      )}
      {way === 'code' && (
        <Form.Item name="code" label={t.code} rules={[{ required: true, message: t.required }]}>
          <CodeInput />
        </Form.Item>
      )}
      {problem !== undefined && <KeyProblem error={problem} />}
      <Button danger type="primary" htmlType="submit" block loading={busy} style={{ marginTop: 12 }}>
        {action}
      </Button>
    </Form>
  );
}
