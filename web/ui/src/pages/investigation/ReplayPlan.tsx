import { Alert, Flex, Skeleton, theme, Typography } from 'antd';

import type { Stay } from '../../api/menshen/v1/api_pb';
import { Direction, type Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';
import { PlanDrawing } from '../../parts/plan/PlanDrawing';
import { drawnOf, usePlan } from '../../parts/plan/usePlan';
import { Problem } from '../../parts/Problem';
import { millis } from '../../parts/clock';
import { useSite } from '../../parts/site';

/** For how long before and after a pass its gate is shown as being passed, in milliseconds of the site's time. */
const around = 5 * 60_000;

/** The plan of the site with the person on it at one moment: the zone is lit, and the gate that is being passed. */
export function ReplayPlan({ stays, passes, at }: { stays: Stay[]; passes: Pass[]; at: number }) {
  const t = useTexts().sitePlan;
  const site = useSite();
  const { token } = theme.useToken();
  const kept = usePlan();
  if (kept.error) return <Problem error={kept.error} onRetry={kept.refetch} />;
  if (!kept.ready) return <Skeleton active />;

  const drawn = drawnOf(kept.plan, kept.plan?.places ?? [], kept.names, kept.picture);
  const parent = new Map(kept.names.zones.map((z) => [z.id, z.parent]));
  const here = stays.filter((s) => millis(s.from) <= at && (s.open || at < millis(s.to))).map((s) => s.zone);
  // The innermost of the zones that are on the plan is where they are; those around it are lit a little.
  const inner = here.filter((id) => !here.some((other) => parent.get(other) === id));
  const shown = (id: string): string | undefined => (drawn.zones.has(id) || !parent.get(id) ? id : shown(parent.get(id)!));
  const lit = new Map(here.map((id) => [id, 0.1]));
  for (const id of inner) lit.set(shown(id) ?? id, 1);
  const nearest = passes.reduce<Pass | undefined>((best, p) => (best && Math.abs(millis(best.captured) - at) <= Math.abs(millis(p.captured) - at) ? best : p), undefined);
  const near = nearest && Math.abs(millis(nearest.captured) - at) <= around ? nearest : undefined;
  const spot = near && drawn.gates.get(near.gate);
  const gate = near && kept.names.gates.find((g) => g.id === near.gate);
  const outside = inner.length === 0;
  const person = spot && gate && near ? crossing(drawn, near, gate, at) : inner.map((id) => drawn.zones.get(shown(id) ?? '')).find(Boolean);
  const words = [
    site.clock.write(at, 'MM-DD HH:mm'),
    outside ? undefined : inner.map((id) => kept.names.zone(id)).join(' · '),
    near && t.crossing(kept.names.gate(near.gate)),
  ].filter(Boolean);
  return (
    <Flex vertical gap={6}>
      <div style={{ maxWidth: 760 }}>
        <PlanDrawing
          label={`${t.replayPlan}: ${words.join(' · ')}`}
          drawn={drawn}
          names={kept.names}
          lit={(id) => lit.get(id) ?? 0}
          gateLook={(id) => ({ colour: id === near?.gate ? token.colorPrimary : token.colorTextQuaternary })}
        >
          {({ width, height }) =>
            person ? (
              <g data-person pointerEvents="none">
                {spot && <circle cx={spot.x * width} cy={spot.y * height} r={22} fill="none" stroke={token.colorPrimary} strokeWidth={3} strokeOpacity={0.6} />}
                <circle cx={person.x * width} cy={person.y * height} r={9} fill={token.colorPrimary} stroke="#fff" strokeWidth={3} />
              </g>
            ) : null
          }
        </PlanDrawing>
      </div>
      <Typography.Text type="secondary">{words.join(' · ')}</Typography.Text>
      {kept.plan?.picture && drawn.zones.size + drawn.gates.size === 0 && <Alert type="info" showIcon title={t.noPlacesYet} />}
    </Flex>
  );
}

/** On the way from one side of a gate to the other. */
function crossing(drawn: ReturnType<typeof drawnOf>, pass: Pass, gate: { from: string; to: string }, at: number) {
  const spot = drawn.gates.get(pass.gate)!;
  const inward = pass.direction !== Direction.OUT;
  const [from, to] = inward ? [gate.from, gate.to] : [gate.to, gate.from];
  const part = (at - millis(pass.captured)) / around; // -1 … 1
  const side = drawn.zones.get(part < 0 ? from : to);
  // Outside has no spot: its side of the gate is opposite to that of the inside.
  const other = drawn.zones.get(part < 0 ? to : from);
  const goal = side ?? (other && { x: 2 * spot.x - other.x, y: 2 * spot.y - other.y });
  if (!goal) return spot;
  const far = Math.hypot(goal.x - spot.x, goal.y - spot.y) || 1;
  const reach = Math.min(0.08, far) * Math.abs(part);
  return { x: spot.x + ((goal.x - spot.x) / far) * reach, y: spot.y + ((goal.y - spot.y) / far) * reach };
}
