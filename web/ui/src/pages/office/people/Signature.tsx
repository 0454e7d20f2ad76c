/** A signature as it was drawn, in its box of 600×200. */
export function Signature({ path, label }: { path: string; label: string }) {
  return (
    <svg viewBox="0 0 600 200" role="img" aria-label={label} style={{ width: '100%', maxWidth: 360, background: '#fff', border: '1px solid #d9d9d9', borderRadius: 8 }}>
      <path d={path} fill="none" stroke="#111" strokeWidth={4} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
