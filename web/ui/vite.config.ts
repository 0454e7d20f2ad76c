import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Ant Design measures scroll bars with a style sheet that lacks the nonce, which the content security policy refuses.
const scrollBarNonce: Plugin = {
  name: 'scroll-bar-nonce',
  transform(code, id) {
    if (!id.endsWith('/@rc-component/util/es/getScrollBarSize.js')) return undefined;
    const mended = code.replace('}`, randomId);', "}`, randomId, { csp: { nonce: document.querySelector('meta[name=csp-nonce]')?.content } });");
    if (mended === code) this.error('Ant Design measures scroll bars in another way now: see whether this is still needed');
    return { code: mended, map: null };
  },
};

// The pages are built into dist, which the Go package web embeds. The address of a file of assets tells its content, so that
// browsers may keep it for good.
export default defineConfig({
  plugins: [react(), scrollBarNonce],
  build: {
    target: 'es2022',
    emptyOutDir: false, // .gitkeep stays; scripts/compress.mjs removes what is old
    assetsInlineLimit: 0, // the content security policy has no data: for scripts
    chunkSizeWarningLimit: 1200,
  },
});
