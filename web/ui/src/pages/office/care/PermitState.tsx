import { CheckCircleFilled, ClockCircleOutlined, CloseCircleOutlined, StopOutlined } from '@ant-design/icons';
import { Tag, Typography } from 'antd';
import type { ReactNode } from 'react';

import type { PermitView } from '../../../api/menshen/v1/permit_pb';
import { useTexts } from '../../../language';

const marks: Record<string, { colour: string; icon: ReactNode }> = {
  valid: { colour: 'success', icon: <CheckCircleFilled /> },
  not_yet: { colour: 'processing', icon: <ClockCircleOutlined /> },
  expired: { colour: 'default', icon: <CloseCircleOutlined /> },
  revoked: { colour: 'error', icon: <StopOutlined /> },
};

/** Whether a permit is good, by word, mark and colour; and why one was revoked. */
export function PermitState({ of: view }: { of: PermitView }) {
  const t = useTexts().care;
  const mark = marks[view.status];
  return (
    <>
      <Tag color={mark?.colour} icon={mark?.icon}>
        {t.permitStates[view.status] ?? view.status}
      </Tag>
      {view.status === 'revoked' && (
        <Typography.Text type="secondary" style={{ display: 'block', fontSize: 13, maxWidth: 240 }}>
          {view.permit?.revokedFor === 'renewed' ? t.renewedInstead : t.revokedFor(view.permit?.revokedFor ?? '', view.permit?.revokedBy ?? '')}
        </Typography.Text>
      )}
    </>
  );
}

// The colours of the sheets of paper.
const papers: Record<string, string> = { resident: '#f8b5cb', returnee: '#9ed8a2', temporary: '#ffe08a', visitor: '#a9cdf5', worker: '#f5be8b', vehicle: '#d5d5d5' };

/** The kind of a permit, with the colour of its paper. */
export function PermitKind({ kind }: { kind: string }) {
  const t = useTexts().care;
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <span aria-hidden style={{ display: 'inline-block', width: 12, height: 16, borderRadius: 2, border: '1px solid rgba(0,0,0,.35)', background: papers[kind], marginInlineEnd: 8, verticalAlign: -2 }} />
      {t.permitKinds[kind] ?? kind}
    </span>
  );
}
