import { useQuery } from '@tanstack/react-query';
import { Flex, Segmented, Skeleton, Tabs, Tag, Typography } from 'antd';

import { formsApi } from '../../../api/health';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import './care.css';
import { FillIn } from './FillIn';
import { FormAnswers } from './FormAnswers';
import { FormEditor } from './FormEditor';
import { FormLink } from './FormLink';

/** Questionnaires: what was answered, sending them, filling them in, changing them. */
export default function Forms() {
  const t = useTexts().care;
  const { language } = useLanguage();
  const [id, setId] = useAddress('form');
  const [tab, setTab] = useAddress('tab', 'answers');
  const list = useQuery({ queryKey: ['FormService', 'listForms'], queryFn: () => formsApi.listForms({}) });
  const forms = list.data?.forms ?? [];
  const view = forms.find((form) => form.id === id) ?? forms[0];
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }} className="care-screen">
        {t.forms}
      </Typography.Title>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton active />}
      {view && (
        <>
          <Flex gap={12} wrap align="center" className="care-screen">
            <Segmented aria-label={t.formList} value={view.id} onChange={setId} options={forms.map((form) => ({ value: form.id, label: inLanguage(form.title, language) }))} />
            <Tag>{t.version(view.version)}</Tag>
          </Flex>
          <Tabs
            key={view.id}
            activeKey={tab}
            onChange={setTab}
            items={[
              { key: 'answers', label: t.answers, children: <FormAnswers of={view} /> },
              { key: 'send', label: t.send, children: <FormLink of={view} /> },
              { key: 'fill', label: t.fillIn, children: <FillIn of={view} /> },
              { key: 'edit', label: t.editForm, children: <FormEditor key={view.version} of={view} /> },
            ]}
          />
        </>
      )}
    </Flex>
  );
}
