import { createContext, useContext } from 'react';

export const NightContext = createContext<{ night: boolean; setNight: (on: boolean) => void }>({ night: false, setNight: () => {} });

/** Whether the pages are dark, for guards at night. */
export function useNight() {
  return useContext(NightContext);
}
