import { Empty, theme } from 'antd';

import type { ReasonCount } from '../../../api/menshen/v1/statistics_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';

/** Why people were not let through, the most frequent first. It is a table whose bars are drawn in it. */
export function Reasons({ of }: { of: ReasonCount[] }) {
  const t = useTexts().sitePlan;
  const { language } = useLanguage();
  const { token } = theme.useToken();
  if (of.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noReasons} />;
  const most = Math.max(...of.map((r) => r.refused + r.review));
  return (
    <table className="plain-table" style={{ width: '100%', fontSize: 14 }}>
      <thead>
        <tr>
          <th scope="col">{t.reason}</th>
          <th scope="col" style={{ textAlign: 'end' }}>
            {t.refusedPasses}
          </th>
          <th scope="col" style={{ textAlign: 'end' }}>
            {t.toGuard}
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((r) => (
          <tr key={r.reason}>
            <th scope="row" style={{ whiteSpace: 'normal', width: '100%', fontWeight: 400 }}>
              {r.reason ? inLanguage(r.text, language) : t.noReasonGiven}
              <svg width="100%" height={6} aria-hidden style={{ display: 'block', marginTop: 4 }}>
                <rect width={`${(100 * r.refused) / most}%`} height={6} fill={token.colorError} />
                <rect x={`${(100 * r.refused) / most}%`} width={`${(100 * r.review) / most}%`} height={6} fill={token.colorWarning} />
              </svg>
            </th>
            <td>{r.refused}</td>
            <td>{r.review}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
