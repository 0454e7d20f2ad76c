// Tells every story, one after the other, or those whose names are given: node e2e/run.mjs guard shell. What needs ../shared is
// left out where that is not there, said aloud, and a failure with CI=true.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

import { shared } from './harness.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const named = process.argv.slice(2);
const stories = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && (named.length === 0 || named.includes(name.replace('.test.mjs', ''))));
if (stories.length === 0) {
  console.error(`no story is called ${named.join(', ')}: see web/ui/e2e/*.test.mjs`);
  process.exit(1);
}
const needsShared = (name) => /import \{[^}]*\bshared\b[^}]*\} from '\.\/harness\.mjs'/.test(readFileSync(join(folder, name), 'utf8'));
const leftOut = existsSync(shared) ? [] : stories.filter(needsShared);

/** Tells stories, and gives those of which something failed. */
function tell(files) {
  const failed = new Set();
  return new Promise((done) => {
    run({ files: files.map((name) => join(folder, name)), concurrency: false })
      .on('test:fail', ({ file }) => failed.add(files.find((name) => file?.endsWith(name))))
      .compose(spec)
      .on('end', () => done([...failed].filter(Boolean)))
      .pipe(process.stdout, { end: false });
  });
}

// A browser on a busy machine is late now and then: what fails is told once more, from the beginning, and that is said.
let failed = await tell(stories.filter((name) => !leftOut.includes(name)));
if (failed.length > 0) {
  console.log(`\n*** TOLD AGAIN, because something failed: ${failed.join(' ')} ***\n`);
  failed = await tell(failed);
}
if (failed.length > 0) {
  console.log(`\n*** FAILED: ${failed.join(' ')} ***`);
  process.exitCode = 1;
}

process.on('exit', () => {
  if (leftOut.length === 0) return;
  console.log(`\n*** LEFT OUT, for want of ../shared: ${leftOut.join(' ')} ***`);
  if (process.env.CI === 'true') process.exitCode = 1;
});
