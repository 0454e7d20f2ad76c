import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What the way in needs comes as one file, and what all pages behind it need as another: many small ones compress worse, and the first
// page has 300 KB of script at most.
const node = (names: string) => new RegExp(`/node_modules/(${names})/`);
const ofFirstPage = node(
  'react|react-dom|scheduler|@tanstack|@connectrpc|@bufbuild|dayjs|@emotion|stylis|@ant-design/(cssinjs[^/]*|colors|fast-color)' +
    '|antd/es/(_util|alert|app|button|config-provider|flex|form|grid|input|locale|message|modal|notification|skeleton|space|spin|style|tag|theme|tooltip|typography)' +
    '|@rc-component/(async-validator|context|dialog|form|input|motion|notification|portal|resize-observer|textarea|tooltip|trigger|util)',
);
const ofEveryPage = node('react-router|antd/es/(drawer|dropdown|layout|menu|result)|@rc-component/(drawer|dropdown|menu|overflow)');

// The pages are built into dist, which the Go package web embeds. The address of a file of assets tells its content, so that
// browsers may keep it for good.
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    emptyOutDir: false, // .gitkeep stays; scripts/compress.mjs removes what is old
    assetsInlineLimit: 0, // the content security policy has no data: for scripts
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first-page', test: ofFirstPage }, { name: 'every-page', test: ofEveryPage }] } } },
  },
});
