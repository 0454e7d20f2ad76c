import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// What every page needs comes as one file: many small ones compress worse, and the first page has 300 KB of script at most.
const ofEveryPage = /\/node_modules\/(react|react-dom|scheduler|react-router|@tanstack|@connectrpc|@bufbuild|dayjs|@emotion|stylis|@ant-design\/(cssinjs[^/]*|colors|fast-color)|antd\/es\/(_util|alert|app|button|config-provider|drawer|dropdown|flex|form|grid|input|layout|locale|menu|message|modal|notification|result|skeleton|space|spin|style|tag|theme|tooltip|typography)|@rc-component\/(async-validator|context|dialog|drawer|dropdown|form|input|menu|motion|notification|overflow|portal|resize-observer|textarea|tooltip|trigger|util))\//;

// The pages are built into dist, which the Go package web embeds. The address of a file of assets tells its content, so that
// browsers may keep it for good.
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    emptyOutDir: false, // .gitkeep stays; scripts/compress.mjs removes what is old
    assetsInlineLimit: 0, // the content security policy has no data: for scripts
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'every-page', test: ofEveryPage }] } } },
  },
});
