import { App } from 'antd';

import { useTexts, type Texts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import type { Submit } from './outbox';

const silence = 3000; // ms without an answer after which a guard should telephone

/** Where what became of a call for help at a gate is said: later words take the place of earlier ones. */
export const helpKey = (gate: string) => `menshen.guard.help.${gate}`;

/** What is said of a call that was not accepted, and why. */
export const refusedHelp = (t: Texts['guard'], gate: string, name: string, why: string) =>
  ({ key: helpKey(gate), title: t.helpFailed(name), description: `${t.helpRefused}\n${why}`, style: { whiteSpace: 'pre-line' }, duration: 0 }) as const;

/** Calls for help at a gate. While it is not known to have gone out, that is said large: whoever needs help must telephone. */
export function useHelp(submit: Submit, lost: boolean, alarm: () => void) {
  const texts = useTexts();
  const t = texts.guard;
  const { notification } = App.useApp();
  return async (gate: string, name: string, at: number) => {
    const key = helpKey(gate);
    const warn = () => {
      notification.error({ key, title: t.helpFailed(name), description: t.helpTelephone, duration: 0 });
      alarm();
    };
    if (lost) warn();
    const late = lost ? undefined : setTimeout(warn, silence);
    try {
      const done = await submit({ kind: 'help', who: name, gate, at });
      if (done) notification.warning({ key, title: t.helpCalled(name), duration: 10 });
      else if (!lost) warn();
    } catch (error) {
      notification.error(refusedHelp(t, gate, name, wordsOf(error, texts.common.offline)));
      alarm();
    } finally {
      clearTimeout(late);
    }
  };
}
