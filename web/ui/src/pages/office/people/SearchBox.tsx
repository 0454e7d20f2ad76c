import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

import { useLate } from '../../../parts/useLate';

/** What is looked for: in the address, as soon as whoever types pauses. */
export function SearchBox({ label }: { label: string }) {
  const [params, setParams] = useSearchParams();
  const asked = params.get('q') ?? '';
  const [text, setText] = useState(asked);
  const late = useLate(text);
  const written = useRef(asked);

  // The address changed by other means: back, or a link.
  useEffect(() => {
    if (asked === written.current) return;
    written.current = asked;
    setText(asked);
  }, [asked]);
  useEffect(() => {
    const wanted = late.trim();
    if (wanted === written.current) return;
    written.current = wanted;
    setParams(wanted ? { q: wanted } : {}, { replace: true });
  }, [late, setParams]);

  return (
    <Input
      type="search"
      role="searchbox"
      prefix={<SearchOutlined aria-hidden />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      aria-label={label}
      placeholder={label}
      allowClear
      autoComplete="off"
      maxLength={100}
      style={{ flex: '1 1 260px', maxWidth: 460 }}
    />
  );
}
