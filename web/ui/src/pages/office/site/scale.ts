/** A round number that is at least the largest value, and the steps up to it. */
export function ticks(most: number, count = 4): { top: number; steps: number[] } {
  const rough = Math.max(1, most) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough && Number.isInteger(s)) ?? 10 * power);
  const top = Math.max(step, Math.ceil(most / step) * step);
  return { top, steps: Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step) };
}

/** Colours that people with any colour vision tell apart (Okabe and Ito), dark enough on white. */
export const series = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9'];
export const rest = '#8c8c8c';
