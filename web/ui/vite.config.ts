import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Some style sheets of Ant Design (to measure scroll bars, to keep the page still behind a dialog) lack the nonce that the content
// security policy asks for.
const styleNonce: Plugin = {
  name: 'style-nonce',
  transform(code, id) {
    if (!id.endsWith('/@rc-component/util/es/Dom/dynamicCSS.js')) return undefined;
    const mended = code.replace('if (csp?.nonce) {\n    styleNode.nonce = csp?.nonce;\n  }', "styleNode.nonce = csp?.nonce ?? document.querySelector('meta[name=csp-nonce]')?.content ?? '';");
    if (mended === code) this.error('Ant Design makes its style sheets in another way now: see whether they have the nonce');
    return { code: mended, map: null };
  },
};

// The pages are built into dist, which the Go package web embeds. The address of a file of assets tells its content, so that
// browsers may keep it for good.
export default defineConfig({
  plugins: [react(), styleNonce],
  build: {
    target: 'es2022',
    emptyOutDir: false, // .gitkeep stays; scripts/compress.mjs removes what is old
    assetsInlineLimit: 0, // the content security policy has no data: for scripts
    chunkSizeWarningLimit: 1200,
  },
});
