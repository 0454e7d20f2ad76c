// Puts a compressed copy beside each file of dist, once, so that the server compresses nothing while it runs; and removes the
// files of earlier builds.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const assets = join(dist, 'assets');
const page = readFileSync(join(dist, 'index.html'), 'utf8');

// What the page and its scripts name is of this build.
const names = new Set(readdirSync(assets).filter((name) => !/\.(br|gz)$/.test(name)));
const used = new Set();
const look = (text) => {
  for (const name of names) {
    if (!used.has(name) && text.includes(name)) {
      used.add(name);
      if (/\.(js|css)$/.test(name)) look(readFileSync(join(assets, name), 'utf8'));
    }
  }
};
look(page);
for (const name of readdirSync(assets)) {
  if (!used.has(name)) rmSync(join(assets, name));
}
for (const name of used) {
  if (!/\.(js|css|svg|json)$/.test(name)) continue;
  const data = readFileSync(join(assets, name));
  writeFileSync(join(assets, `${name}.br`), brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(join(assets, `${name}.gz`), gzipSync(data, { level: 9 }));
}
