import { useQuery } from '@tanstack/react-query';
import { Flex, Tag, Typography } from 'antd';

import { operationApi } from '../../api/operation';
import type { ModelState } from '../../api/menshen/v1/operation_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { bytesOf } from './bytes';

const colours: Record<string, string> = { present: 'success', missing: 'default', altered: 'error', unlisted: 'warning' };

/** The neural networks: which there are, what they may be used for, and whether their files are right. */
export function Models() {
  const t = useTexts().operation;
  const { language } = useLanguage();
  const models = useQuery({ queryKey: ['operation', 'models'], queryFn: () => operationApi.listModels({}) });
  if (models.error) return <Problem error={models.error} onRetry={() => void models.refetch()} />;
  return (
    <Flex vertical gap={12}>
      {models.data && (
        <Typography.Text>
          {t.engine(models.data.engine)} · {t.modelFolder} <Typography.Text code>{models.data.folder}</Typography.Text>
        </Typography.Text>
      )}
      <Sheet<ModelState>
        rowKey={({ id, name }) => id || name}
        loading={models.isPending}
        dataSource={models.data?.models}
        columns={[
          {
            title: t.model,
            render: (_, model) => (
              <>
                <div>
                  <strong>{model.id || model.name}</strong> {model.inUse && <Tag color="processing">{t.inUse}</Tag>}
                </div>
                {model.id && <Typography.Text type="secondary">{model.name}</Typography.Text>}
              </>
            ),
          },
          { title: t.what, render: (_, model) => <div style={{ maxWidth: 300, whiteSpace: 'normal' }}>{inLanguage(model.what, language)}</div> },
          { title: t.usedBy, render: (_, model) => model.uses.map(({ engine, role }) => <div key={engine + role}>{`${engine} · ${t.role[role] ?? role}`}</div>) },
          {
            title: t.licence,
            render: (_, model) => (
              <div style={{ maxWidth: 220, whiteSpace: 'normal' }}>
                {model.licence} {model.evaluationOnly && <Tag color="warning" style={{ whiteSpace: 'normal' }}>{t.evaluationOnly}</Tag>}
              </div>
            ),
          },
          { title: t.size, align: 'end', render: (_, model) => bytesOf(model.bytes) },
          {
            title: t.checksum,
            render: (_, model) => (
              <>
                <Tag color={colours[model.state]}>{t.state[model.state] ?? model.state}</Tag>
                {model.sha256 && <Typography.Text code copyable={{ text: model.sha256 }}>{model.sha256.slice(0, 12)}</Typography.Text>}
              </>
            ),
          },
        ]}
      />
      <Typography.Text type="secondary">{t.modelsHint}</Typography.Text>
      <Typography.Text type="secondary">{t.measured}</Typography.Text>
    </Flex>
  );
}
