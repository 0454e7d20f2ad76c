import { Tag } from 'antd';

import type { PackRequest } from '../../../api/menshen/v1/registry_pb';
import { useTexts } from '../../../language';

/** Under which requests are kept in memory. */
export const packsKey = ['registry', 'listPacks'];

const colours: Record<string, string> = { requested: 'warning', approved: 'success', refused: 'default' };

/** Whether the passes can be fetched by a request. */
export function fetchable(request: PackRequest): boolean {
  return request.state === 'approved' && !request.expired && request.fetched < request.fetches;
}

/** Where a request stands. */
export function PackState({ of }: { of: PackRequest }) {
  const t = useTexts().office;
  return (
    <>
      <Tag color={colours[of.state]}>{t.packStates[of.state] ?? of.state}</Tag>
      {of.expired && of.state !== 'refused' && <Tag color="error">{t.packExpired}</Tag>}
    </>
  );
}
