import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Form } from 'antd';

import { signInApi } from '../../api/account';
import type { GetSessionResponse } from '../../api/menshen/v1/account_pb';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { CodeInput } from './CodeInput';
import { KeyProblem } from './KeyProblem';
import { askKey, keysWork } from './keys';

/** Answers with a code or a key, whichever the account has. */
export function SecondFactorForm({ state }: { state: GetSessionResponse }) {
  const t = useTexts().account;
  const client = useQueryClient();
  const take = (answer: { session?: GetSessionResponse }) => client.setQueryData(sessionKey, answer.session);
  const code = useMutation({ mutationFn: (form: { code: string }) => signInApi.answerCode({ code: form.code.replace(/\s/g, '') }), onSuccess: take });
  const key = useMutation({
    mutationFn: async () => signInApi.answerKey({ answerJson: await askKey((await signInApi.beginKey({})).optionsJson) }),
    onSuccess: take,
  });
  const other = useMutation({ mutationFn: () => signInApi.signOut({}), onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }) });
  return (
    <Flex vertical gap={12}>
      {state.codeFactor && (
        <Form layout="vertical" requiredMark={false} onFinish={code.mutate}>
          <Form.Item name="code" label={t.code} extra={t.codeHint} rules={[{ required: true, message: t.required }]}>
            <CodeInput />
          </Form.Item>
          {code.error && <Problem error={code.error} />}
          <Button type="primary" htmlType="submit" block loading={code.isPending} style={{ marginTop: 12 }}>
            {t.confirmCode}
          </Button>
        </Form>
      )}
      {state.keyFactor && (
        <Button type={state.codeFactor ? 'default' : 'primary'} block disabled={!keysWork()} loading={key.isPending} onClick={() => key.mutate()}>
          {t.useKey}
        </Button>
      )}
      {state.keyFactor && <KeyProblem error={key.error} />}
      <Button type="link" block loading={other.isPending} onClick={() => other.mutate()}>
        {t.otherAccount}
      </Button>
    </Flex>
  );
}
