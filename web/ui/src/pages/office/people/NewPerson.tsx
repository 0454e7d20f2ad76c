import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Flex, Form, Typography } from 'antd';
import { useNavigate, useSearchParams } from 'react-router';

import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { noFields, requestOf, whole, type PersonFields } from './fields';
import { NameInputs, ParticularsInputs } from './PersonInputs';

/** Puts somebody into the registry, without a face. */
export default function NewPerson() {
  const t = useTexts().office;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [params] = useSearchParams();
  const add = useMutation({
    mutationFn: (fields: PersonFields) => registryApi.putPerson(requestOf(whole(fields))),
    onSuccess: ({ person }) => {
      void message.success(t.created);
      void client.invalidateQueries({ queryKey: ['people'] });
      void client.invalidateQueries({ queryKey: ['households'] });
      void navigate(`/office/people/${encodeURIComponent(person)}`, { replace: true });
    },
  });
  return (
    <Flex vertical gap={16} style={{ maxWidth: 720 }}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.newPerson}
      </Typography.Title>
      <Card>
        <Form<PersonFields> layout="vertical" requiredMark={false} initialValues={{ ...noFields, dwelling: params.get('dwelling') ?? '' }} onFinish={add.mutate}>
          <NameInputs autoFocus />
          <ParticularsInputs />
          <Flex vertical gap={12} align="start">
            {add.error && <Problem error={add.error} />}
            <Button type="primary" htmlType="submit" size="large" loading={add.isPending}>
              {t.save}
            </Button>
          </Flex>
        </Form>
      </Card>
    </Flex>
  );
}
