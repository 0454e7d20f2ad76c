import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Segmented } from 'antd';
import { useRef } from 'react';

import { gatesApi } from '../../../api/gate';
import { useTexts } from '../../../language';
import { wordsOf } from '../../../parts/Problem';

export const gateStates = ['open', 'guarded', 'closed'] as const;

/** Changes the state of gates; what was is one touch away. */
export function useGateState(name: (id: string) => string) {
  const texts = useTexts();
  const t = texts.sitePlan;
  const { modal, notification } = App.useApp();
  const client = useQueryClient();
  const reason = useRef('');
  const set = useMutation({
    mutationFn: (to: { gate: string; state: string; reason: string }) => gatesApi.setGates({ gates: [to.gate], state: to.state, reason: to.reason }),
    onSettled: () => client.invalidateQueries({ queryKey: ['gates', 'listGates'] }),
  });
  const failed = (error: unknown) => void notification.error({ placement: 'bottomRight', title: texts.common.failed, description: wordsOf(error, texts.common.offline) });

  const put = async (gate: string, before: string, state: string, why: string) => {
    try {
      await set.mutateAsync({ gate, state, reason: why });
    } catch (error) {
      failed(error);
      return;
    }
    const key = `gate-${gate}`;
    const undo = async () => {
      notification.destroy(key);
      try {
        await set.mutateAsync({ gate, state: before, reason: t.undone });
        notification.success({ placement: 'bottomRight', key, title: t.undone, description: t.stateSet(name(gate), t.gateStates[before] ?? before) });
      } catch (error) {
        failed(error);
      }
    };
    notification.success({
      placement: 'bottomRight', // not over the button for emergencies
      key,
      title: t.stateSet(name(gate), t.gateStates[state] ?? state),
      description: t.gateStateHints[state],
      duration: 10,
      actions: <Button onClick={() => void undo()}>{texts.common.undo}</Button>,
    });
  };
  return {
    busy: set.isPending ? set.variables.gate : undefined,
    change: (gate: string, before: string, state: string) => {
      if (before === state) return;
      if (state !== 'closed') {
        void put(gate, before, state, '');
        return;
      }
      reason.current = '';
      modal.confirm({
        title: t.closeAsk(name(gate)),
        content: (
          <>
            <p>{t.closeHint}</p>
            <Input aria-label={t.why} placeholder={t.why} maxLength={500} onChange={(event) => (reason.current = event.target.value)} />
          </>
        ),
        okText: t.closeGate,
        okButtonProps: { danger: true },
        onOk: () => put(gate, before, state, reason.current),
      });
    },
  };
}

/** The three states of a gate, to choose one. */
export function GateState({ gate, name, state, disabled, onChange }: { gate: string; name: string; state: string; disabled?: boolean; onChange: (gate: string, before: string, state: string) => void }) {
  const t = useTexts().sitePlan;
  return (
    <Segmented
      aria-label={t.stateOf(name)}
      name={`state-${gate}`}
      value={state}
      disabled={disabled}
      onChange={(to) => onChange(gate, state, to)}
      options={gateStates.map((value) => ({ value, label: t.gateStates[value], title: t.gateStateHints[value] }))}
    />
  );
}
