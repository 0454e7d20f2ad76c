import { Flex, Tabs, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

/** A page of several parts; which one is open is in the address. */
export function Parts({ title, parts }: { title: string; parts: { key: string; label: string; children: ReactNode }[] }) {
  const [search, setSearch] = useSearchParams();
  const open = parts.find(({ key }) => key === search.get('part'))?.key ?? parts[0]?.key ?? '';
  return (
    <Flex vertical gap={8}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {title}
      </Typography.Title>
      <Tabs activeKey={open} onChange={(part) => setSearch({ part })} items={parts} destroyOnHidden />
    </Flex>
  );
}
