import { useQuery } from '@tanstack/react-query';
import { Card, Descriptions, Empty, Flex, Skeleton, Tag, Typography } from 'antd';

import { operationApi } from '../../api/operation';
import type { BusConsumer, BusStream } from '../../api/menshen/v1/operation_pb';
import { useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';
import { bytesOf } from './bytes';

/** The embedded NATS server: how it runs, what lies in its streams, and how far their readers have come. */
export function Bus() {
  const t = useTexts().operation;
  const { language } = useLanguage();
  const { second } = useTimes();
  const bus = useQuery({ queryKey: ['operation', 'bus'], queryFn: () => operationApi.getBus({}), refetchInterval: 5000 });
  if (!bus.data) return bus.error ? <Problem error={bus.error} onRetry={() => void bus.refetch()} /> : <Skeleton active />;
  const number = new Intl.NumberFormat(language);
  const age = (seconds: bigint) => (seconds === 0n ? t.noLimit : seconds >= 172_800n ? t.days(Number(seconds / 86_400n)) : t.hours(Math.round(Number(seconds) / 3600)));
  const { outbox } = bus.data;
  return (
    <Flex vertical gap={16}>
      <Card>
        <Descriptions
          column={{ xs: 1, sm: 2, lg: 3 }}
          items={[
            { key: 'outbox', label: t.outbox, children: <><strong>{number.format(outbox)}</strong>&nbsp;<Typography.Text type={outbox > 0n ? 'warning' : 'secondary'}>{outbox > 0n ? t.outboxWaiting : t.outboxWell}</Typography.Text></> },
            { key: 'address', label: t.address, children: <Typography.Text code>{bus.data.address}</Typography.Text> },
            { key: 'version', label: t.version, children: `NATS ${bus.data.version}` },
            { key: 'since', label: t.since, children: second(bus.data.startedAt) },
            { key: 'connections', label: t.connections, children: number.format(bus.data.connections) },
            { key: 'traffic', label: t.traffic, children: `${bytesOf(bus.data.bytesIn)} / ${bytesOf(bus.data.bytesOut)}` },
            { key: 'slow', label: t.slow, children: number.format(bus.data.slowConsumers) },
          ]}
        />
      </Card>
      <Typography.Title level={2} style={{ fontSize: 18, margin: 0 }}>
        {t.streams}
      </Typography.Title>
      <Sheet<BusStream>
        rowKey="name"
        dataSource={bus.data.streams}
        columns={[
          { title: t.stream, dataIndex: 'name' },
          { title: t.messages, align: 'end', render: (_, { messages }) => number.format(messages) },
          { title: t.bytes, align: 'end', render: (_, { bytes }) => bytesOf(bytes) },
          { title: t.limits, render: (_, { maxBytes, maxAgeSeconds }) => `${maxBytes > 0n ? bytesOf(maxBytes) : t.noLimit} · ${age(maxAgeSeconds)}` },
          { title: t.oldest, render: (_, { firstAt }) => second(firstAt) },
          { title: t.newest, render: (_, { lastAt }) => second(lastAt) },
        ]}
      />
      <Typography.Title level={2} style={{ fontSize: 18, margin: 0 }}>
        {t.consumers}
      </Typography.Title>
      <Sheet<BusConsumer>
        rowKey={({ stream, name }) => `${stream} ${name}`}
        dataSource={bus.data.consumers}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noConsumers} /> }}
        columns={[
          { title: t.consumer, dataIndex: 'name' },
          { title: t.stream, dataIndex: 'stream' },
          { title: t.lag, render: (_, { pending }) => (pending > 0n ? <Tag color="warning">{number.format(pending)}</Tag> : <Tag color="success">{t.lagNow}</Tag>) },
          { title: t.unacknowledged, align: 'end', render: (_, { unacknowledged }) => number.format(unacknowledged) },
          { title: t.redelivered, align: 'end', render: (_, { redelivered }) => number.format(redelivered) },
        ]}
      />
    </Flex>
  );
}
