import { Flex, Tag } from 'antd';

import { useTexts } from '../../language';

// White on each has a contrast of at least 4.5:1, by day and by night.
const colours: Record<string, string> = { resident: '#b4236f', returnee: '#1e7a3a', temporary: '#8a5a00', visitor: '#1f5f9e', worker: '#6b3fa0', vehicle: '#0f6b75' };
const states: Record<string, string> = { observation: '#a83a00', monitoring: '#8a5a00', isolated: '#a3160f', recovered: '#1f5f9e' };

/** The permit that counts, in the colour of its paper, and the health state where it is not normal. */
export function Permit({ permit, health, large }: { permit: string; health: string; large?: boolean }) {
  const t = useTexts().guard;
  const style = large ? { fontSize: 17, lineHeight: '30px', paddingInline: 10 } : undefined;
  return (
    <Flex gap={4} wrap>
      <Tag style={style} variant={permit ? 'solid' : 'outlined'} color={colours[permit]}>{permit ? (t.permits[permit] ?? permit) : t.noPermit}</Tag>
      {health && <Tag style={style} variant="solid" color={states[health]}>{t.states[health] ?? health}</Tag>}
    </Flex>
  );
}
