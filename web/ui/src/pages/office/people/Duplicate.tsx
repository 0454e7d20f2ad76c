import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Popconfirm, Skeleton, Typography } from 'antd';

import { enrolmentApi } from '../../../api/enrolment';
import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { Picture } from './Photographs';
import { useObjectURL } from './useObjectURL';

interface Props {
  shot?: Blob;
  other: string;
  pending: boolean;
  onSame: () => void;
  onOther: () => void;
}

const side = 220;

/** A face that looks like somebody enrolled: both, side by side, and who that is. */
export function Duplicate({ shot, other, pending, onSame, onOther }: Props) {
  const texts = useTexts();
  const t = texts.enrol;
  const url = useObjectURL(shot);
  const found = useQuery({ queryKey: ['registry', 'getPerson', other], queryFn: () => registryApi.getPerson({ person: other }) });
  const kept = useQuery({ queryKey: ['photographs', other], queryFn: () => enrolmentApi.listPhotographs({ person: other, limit: 1 }) });
  const problem = found.error ?? kept.error;
  if (problem) return <Problem error={problem} onRetry={() => (void found.refetch(), void kept.refetch())} />;
  const person = found.data?.record?.person;
  if (!person || !kept.data) return <Skeleton active />;
  const photo = kept.data.photographs[0];
  const frame = { width: side, height: side, borderRadius: 8, background: 'rgba(128, 128, 128, 0.12)' };
  return (
    <Card>
      <Flex vertical gap={20}>
        <Alert type="warning" showIcon role="alert" title={t.duplicateTitle} description={t.duplicateHint} />
        <Flex gap={32} wrap justify="center">
          <Flex vertical gap={8} align="center">
            <Typography.Text strong>{t.justTaken}</Typography.Text>
            {url && <img src={url} alt={t.justTaken} style={{ ...frame, objectFit: 'cover' }} />}
          </Flex>
          <Flex vertical gap={8} align="center">
            <Typography.Text strong>{t.onRecord}</Typography.Text>
            {photo ? (
              <Picture data={photo.data} label={`${t.onRecord}: ${person.name}`} side={side} />
            ) : (
              <Flex style={{ ...frame, padding: 16 }} align="center" justify="center">
                <Typography.Text style={{ textAlign: 'center' }}>{t.noneKept}</Typography.Text>
              </Flex>
            )}
            <Typography.Text style={{ fontSize: 20 }} strong>
              {person.name}
            </Typography.Text>
            <Typography.Text>{person.dwelling || texts.office.notResident}</Typography.Text>
          </Flex>
        </Flex>
        <Flex gap={12} wrap justify="center">
          <Button type="primary" size="large" onClick={onSame}>
            {t.samePerson(person.name)}
          </Button>
          <Popconfirm title={t.otherAsk} description={<div style={{ maxWidth: 320 }}>{t.otherHint}</div>} onConfirm={onOther} okText={texts.common.yes} cancelText={texts.common.no}>
            <Button size="large" danger loading={pending}>
              {t.otherPerson}
            </Button>
          </Popconfirm>
        </Flex>
      </Flex>
    </Card>
  );
}
