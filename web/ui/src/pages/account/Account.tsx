import { Card, Descriptions, Flex } from 'antd';

import { useSession } from '../../app/session';
import { useTexts } from '../../language';
import { ChangePassword } from './ChangePassword';
import { Factors } from './Factors';
import { Roles } from './Roles';
import { Sessions } from './Sessions';

/** One's own account. */
export default function Account() {
  const t = useTexts().account;
  const { account } = useSession();
  return (
    <Flex vertical gap={16} style={{ maxWidth: 900 }}>
      <Card title={t.data}>
        <Descriptions
          column={1}
          items={[
            { key: 'name', label: t.name, children: account.name },
            { key: 'shown', label: t.shown, children: account.shown },
            { key: 'roles', label: t.roles, children: <Roles roles={account.roles} /> },
          ]}
        />
      </Card>
      <Card title={t.factors}>
        <Factors />
      </Card>
      <Card title={t.sessions}>
        <Sessions />
      </Card>
      <Card title={t.changePassword}>
        <ChangePassword />
      </Card>
    </Flex>
  );
}
