import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The pages are built into dist, which the Go package web embeds. The address of a file of assets tells its content, so that
// browsers may keep it for good.
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    emptyOutDir: false, // .gitkeep stays; scripts/compress.mjs removes what is old
    assetsInlineLimit: 0, // the content security policy has no data: for scripts
    chunkSizeWarningLimit: 1200,
  },
});
