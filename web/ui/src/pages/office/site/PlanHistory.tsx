import { useMutation } from '@tanstack/react-query';
import { App, Button, Drawer, Flex, Popconfirm, Tag, Typography } from 'antd';

import { plansApi } from '../../../api/siteplan';
import type { PlanRevision, SitePlan } from '../../../api/menshen/v1/siteplan_pb';
import { useTexts } from '../../../language';
import { useTimes } from '../../../parts/time';
import { PlanProblem } from './PlanProblem';

interface Props {
  open: boolean;
  /** The revision that is edited. */
  base: bigint;
  history: PlanRevision[];
  /** There are steps that are not saved. */
  changed: boolean;
  /** The plan is on its way already. */
  busy: boolean;
  onLatest: () => void;
  onClose: () => void;
  onRestored: (plan: SitePlan | undefined) => void;
}

/** What the plan was before, to bring back. */
export function PlanHistory({ open, base, history, changed, busy, onLatest, onClose, onRestored }: Props) {
  const t = useTexts().sitePlan;
  const times = useTimes();
  const { message } = App.useApp();
  const restore = useMutation({
    mutationFn: (revision: bigint) => plansApi.restoreSitePlan({ base, revision }),
    onSuccess: ({ plan }) => {
      void message.success(t.restored);
      onRestored(plan);
      onClose();
    },
  });
  const latest = () => {
    restore.reset();
    onLatest();
  };
  return (
    <Drawer open={open} onClose={onClose} title={t.history}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t.historyHint}</Typography.Text>
        {restore.error && <PlanProblem error={restore.error} loading={busy} onLatest={latest} />}
        {history.map((r) => (
          <Flex key={String(r.revision)} justify="space-between" align="center" gap={8}>
            <div>
              <Typography.Text strong>{t.revision(String(r.revision))}</Typography.Text> <Tag>{r.picture ? t.withPicture : t.withoutPicture}</Tag>
              <br />
              <Typography.Text type="secondary">
                {times.minute(r.at)} · {r.by} · {t.placesCount(r.places)}
              </Typography.Text>
            </div>
            {r.revision === base ? (
              <Tag color="success">{t.current}</Tag>
            ) : (
              <Popconfirm title={t.restoreAsk(String(r.revision))} description={<div style={{ maxWidth: 280 }}>{changed ? t.restoreUnsaved : t.restoreHint}</div>} okText={t.restore} onConfirm={() => restore.mutate(r.revision)}>
                <Button disabled={busy || restore.isPending} loading={restore.isPending && restore.variables === r.revision}>
                  {t.restore}
                </Button>
              </Popconfirm>
            )}
          </Flex>
        ))}
      </Flex>
    </Drawer>
  );
}
