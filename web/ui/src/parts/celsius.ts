/** The number somebody typed: 36.5, 36,5, 36。5 or 365. */
export function readCelsius(text: string): number {
  const plain = text.normalize('NFKC').replace(/[,。、]/g, '.').replace(/[℃°C\s]/gi, '');
  const value = /^\d{3}$/.test(plain) ? Number(plain) / 10 : Number(plain);
  return plain === '' || Number.isNaN(value) ? NaN : value;
}
