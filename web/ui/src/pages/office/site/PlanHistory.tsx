import { useMutation } from '@tanstack/react-query';
import { App, Button, Drawer, Flex, Tag, Typography } from 'antd';

import { plansApi } from '../../../api/siteplan';
import type { PlanRevision, SitePlan } from '../../../api/menshen/v1/siteplan_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';

/** What the plan was before, to bring back. */
export function PlanHistory({ open, latest, history, onClose, onRestored }: { open: boolean; latest: bigint; history: PlanRevision[]; onClose: () => void; onRestored: (plan: SitePlan | undefined) => void }) {
  const t = useTexts().sitePlan;
  const times = useTimes();
  const { message } = App.useApp();
  const restore = useMutation({
    mutationFn: (revision: bigint) => plansApi.restoreSitePlan({ base: latest, revision }),
    onSuccess: ({ plan }) => {
      void message.success(t.restored);
      onRestored(plan);
      onClose();
    },
  });
  return (
    <Drawer open={open} onClose={onClose} title={t.history}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t.historyHint}</Typography.Text>
        {restore.error && <Problem error={restore.error} />}
        {history.map((r) => (
          <Flex key={String(r.revision)} justify="space-between" align="center" gap={8}>
            <div>
              <Typography.Text strong>{t.revision(String(r.revision))}</Typography.Text> <Tag>{r.picture ? t.withPicture : t.withoutPicture}</Tag>
              <br />
              <Typography.Text type="secondary">
                {times.minute(r.at)} · {r.by} · {t.placesCount(r.places)}
              </Typography.Text>
            </div>
            {r.revision === latest ? (
              <Tag color="success">{t.current}</Tag>
            ) : (
              <Button loading={restore.isPending && restore.variables === r.revision} onClick={() => restore.mutate(r.revision)}>
                {t.restore}
              </Button>
            )}
          </Flex>
        ))}
      </Flex>
    </Drawer>
  );
}
