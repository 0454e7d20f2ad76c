import { Code, ConnectError } from '@connectrpc/connect';
import { Alert, Button } from 'antd';

import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';

/** What went wrong with the plan. Where somebody else saved it first, with the way out. */
export function PlanProblem({ error, loading, onLatest, onRetry }: { error: unknown; loading?: boolean; onLatest?: () => void; onRetry?: () => void }) {
  const conflict = error instanceof ConnectError && error.code === Code.AlreadyExists;
  return (
    <>
      <Problem error={error} onRetry={onRetry} />
      {conflict && onLatest && <NewerPlan loading={loading} onLatest={onLatest} />}
    </>
  );
}

/** Says that there is a newer plan than the one that is edited here, and brings it. */
export function NewerPlan({ loading, onLatest }: { loading?: boolean; onLatest: () => void }) {
  const t = useTexts().sitePlan;
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      title={t.newer}
      description={t.conflictHint}
      action={
        <Button loading={loading} onClick={onLatest}>
          {t.loadLatest}
        </Button>
      }
    />
  );
}
