import { useMutation } from '@tanstack/react-query';
import { Button, Flex, Typography } from 'antd';

import { enrolmentApi } from '../../../api/enrolment';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useObjectURL } from './useObjectURL';

/** The photographs that were kept of somebody, on request: looking at them is recorded. */
export function Photographs({ person, name }: { person: string; name: string }) {
  const t = useTexts().office;
  const show = useMutation({ mutationFn: () => enrolmentApi.listPhotographs({ person, limit: 10 }) });
  if (show.error) return <Problem error={show.error} onRetry={() => show.mutate()} />;
  if (!show.data) {
    return (
      <Button loading={show.isPending} onClick={() => show.mutate()}>
        {t.showPhotographs}
      </Button>
    );
  }
  if (show.data.photographs.length === 0) return <Typography.Text type="secondary">{t.noPhotographs}</Typography.Text>;
  return (
    <Flex gap={12} wrap>
      {show.data.photographs.map((photo, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- they have no other name
        <Picture key={i} data={photo.data} label={`${name} ${i + 1}`} />
      ))}
    </Flex>
  );
}

/** A picture that came from the server. */
export function Picture({ data, label, side = 140 }: { data: Uint8Array; label: string; side?: number }) {
  const url = useObjectURL(data);
  return url ? <img src={url} alt={label} style={{ width: side, height: side, objectFit: 'cover', borderRadius: 8, background: '#eee' }} /> : null;
}
