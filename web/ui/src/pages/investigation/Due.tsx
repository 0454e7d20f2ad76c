import { Typography } from 'antd';

import { useTexts } from '../../language';
import { DueTable } from './DueTable';
import { Recorded } from './Recorded';

/** Everybody who is to be followed up on a day, over all cases. */
export default function Due() {
  const t = useTexts().investigation;
  return (
    <>
      <Typography.Title level={3} style={{ marginBlock: 0 }}>
        {t.due}
      </Typography.Title>
      <Recorded />
      <DueTable />
    </>
  );
}
