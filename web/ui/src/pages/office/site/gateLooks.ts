import { theme } from 'antd';

import type { CameraStatus } from '../../../api/menshen/v1/api_pb';
import type { GateView } from '../../../api/menshen/v1/gate_pb';
import { useTexts } from '../../../language';
import type { Look } from '../../../parts/plan/PlanDrawing';

/** How gates look on the plan: by their state, their door, and whether their cameras answer. */
export function useGateLooks(gates: GateView[], cameras: CameraStatus[]) {
  const t = useTexts().sitePlan;
  const { token } = theme.useToken();
  const colours: Record<string, string> = { open: token.colorSuccess, guarded: token.colorInfo, closed: token.colorError };
  const look = (id: string): Look | undefined => {
    const view = gates.find((g) => g.gate?.id === id);
    if (!view?.gate) return undefined;
    const state = view.gate.state;
    const lost = cameras.filter((c) => c.gate === id && !c.ok);
    return {
      colour: colours[state] ?? token.colorTextSecondary,
      sign: state as Look['sign'],
      alarm: view.door === 'alarm' || lost.length > 0,
      words: [t.gateStates[state], `${t.door} ${t.doorStates[view.door] ?? view.door}`, lost.length > 0 && `${t.cameraOffline}: ${lost.map((c) => c.id).join(' ')}`].filter(Boolean).join(' · '),
    };
  };
  return { look, legend: Object.entries(colours).map(([state, colour]) => ({ colour, words: `${t.gateStates[state]} · ${t.gateStateHints[state]}` })) };
}
