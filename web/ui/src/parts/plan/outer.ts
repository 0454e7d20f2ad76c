/** Whether a gate leads out of the site. */
export function isOuter(gate: { from: string; to: string }): boolean {
  return gate.from === 'outside' || gate.to === 'outside';
}
