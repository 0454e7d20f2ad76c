import { Input, type InputProps } from 'antd';

/** Six digits, as an authenticator shows them. */
export function CodeInput(props: InputProps) {
  return <Input {...props} inputMode="numeric" autoComplete="one-time-code" maxLength={7} autoFocus style={{ letterSpacing: '0.4em', fontVariantNumeric: 'tabular-nums', fontSize: 20 }} />;
}
