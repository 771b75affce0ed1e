// Every place of the source that asks for an fsync, and a way to leave one out: `scripts/fsync-mutants.mjs` proves that a test notices each.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CALL = /[\w.!#]+\.(?:syncNow|syncDirectory|sync)\(/g;

/** The fsync calls of a text: where each expression starts and ends. */
function callsIn(text) {
  const calls = [];
  for (const match of text.matchAll(CALL)) {
    let depth = 0;
    let end = match.index + match[0].length - 1;
    do {
      if (text[end] === '(') depth++;
      if (text[end] === ')') depth--;
      end++;
    } while (depth > 0 && end < text.length);
    calls.push({ start: match.index, end, line: text.slice(0, match.index).split('\n').length, method: match[0] });
  }
  return calls;
}

/** `{ site: 'packages/x/src/y.ts:12', file, index }` for every fsync of the packages that write to disk. */
export function syncSites() {
  const sites = [];
  for (const name of ['buffer', 'delta', 'engine', 'server']) {
    const folder = join(ROOT, 'packages', name, 'src');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (
        !entry.isFile() ||
        !/\.ts$/.test(entry.name) ||
        /\.test\.ts$/.test(entry.name) ||
        path.includes(`${sep}testing${sep}`)
      )
        continue;
      const file = relative(ROOT, path).split(sep).join('/');
      const text = readFileSync(path, 'utf8');
      for (const [index, call] of callsIn(text).entries()) {
        // File handles and directories only: a log's own `sync()` is made of them.
        if (!/(file|handle|fileSystem)\w*!?\.(sync|syncNow|syncDirectory)\($/i.test(call.method)) continue;
        sites.push({ site: `${file}:${call.line}`, file, index });
      }
    }
  }
  return sites;
}

/** The text with one of its fsync calls replaced by nothing; it keeps its lines. */
export function withoutCall(text, index) {
  const call = callsIn(text)[index];
  const lines = text.slice(call.start, call.end).split('\n').length - 1;
  return `${text.slice(0, call.start)}undefined${'\n'.repeat(lines)}${text.slice(call.end)}`;
}
