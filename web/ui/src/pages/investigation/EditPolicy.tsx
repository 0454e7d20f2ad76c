import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Flex, Input, Upload } from 'antd';
import { useState } from 'react';

import { tracingPoliciesApi } from '../../api/case';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { policyText } from './tags';

/** Changes the text of a policy, or takes one from a file; checks it, and keeps it as a new version. */
export function EditPolicy({ yaml, onKept }: { yaml: string; onKept: () => void }) {
  const t = useTexts().investigation;
  const [text, setText] = useState(yaml);
  const [note, setNote] = useState('');
  const put = useMutation({
    mutationFn: (dryRun: boolean) => tracingPoliciesApi.putTracingPolicy({ yaml: text, note, dryRun }),
    onSuccess: (_, dryRun) => dryRun || onKept(),
  });
  const change = (value: string) => {
    put.reset();
    setText(value);
  };
  return (
    <Flex vertical gap={8}>
      <Input.TextArea aria-label={t.policyText} value={text} onChange={(e) => change(e.target.value)} rows={20} spellCheck={false} style={{ fontFamily: 'ui-monospace, monospace', fontSize: 13 }} />
      <Input aria-label={t.policyNote} placeholder={t.policyNote} value={note} onChange={(e) => setNote(e.target.value)} maxLength={200} />
      <Flex gap={8} wrap>
        <Upload
          accept=".yaml,.yml"
          showUploadList={false}
          beforeUpload={(file) => {
            void file.text().then(change);
            return false;
          }}
        >
          <Button>{t.policyFile}</Button>
        </Upload>
        <Button loading={put.isPending && put.variables} onClick={() => put.mutate(true)}>
          {t.check}
        </Button>
        <Button type="primary" disabled={!note.trim() || text === yaml} loading={put.isPending && !put.variables} onClick={() => put.mutate(false)}>
          {t.keepPolicy}
        </Button>
      </Flex>
      {put.error && <Problem error={put.error} />}
      {put.data && <Alert type="success" showIcon role="status" title={put.variables ? t.policyWell : t.policyKept(policyText(put.data.policy?.ref))} />}
    </Flex>
  );
}
