/** A share as a number of 10,000 or 100, with as many digits as it is worth. */
export const of10000 = (share: number) => digits(share * 10_000);
export const of100 = (share: number) => digits(share * 100);

function digits(value: number): string {
  return value >= 10 || value === 0 ? String(Math.round(value)) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
}
