import { Tag } from 'antd';

import { Role } from '../../api/menshen/v1/account_pb';
import { useTexts, type Texts } from '../../language';

/** The roles in the order in which they are offered. */
export const allRoles = [Role.GUARD, Role.OFFICE, Role.INVESTIGATOR, Role.APPROVER, Role.OPERATOR, Role.AUDITOR];

export function roleName(texts: Texts, role: Role): string {
  const name = Role[role] as keyof Texts['account']['role'];
  return texts.account.role[name] ?? name;
}

export function Roles({ roles }: { roles: Role[] }) {
  const texts = useTexts();
  return roles.map((role) => <Tag key={role}>{roleName(texts, role)}</Tag>);
}
