import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { exportNameOf, mutantSource, ruleSource, testSource } from './rule-template.ts';

/**
 * Writes a rule, its proof and a wrong version of it, and the rule's line in the list of rules if there is one beside it. Returns the exit code;
 * nothing is written over.
 *
 *     millrace-testkit new-rule merge-limits src/rules
 */
export function newRule(name: string, folder: string): number {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(name)) {
    console.error(`a rule is named like merge-limits: a verb, then what it works on; not ${name}`);
    return 1;
  }
  const files = new Map([
    [join(folder, `${name}.ts`), ruleSource(name)],
    [join(folder, `${name}.test.ts`), testSource(name)],
    [join(folder, 'mutants', `${name}.ts`), mutantSource(name)],
  ]);
  for (const path of files.keys()) {
    if (!existsSync(path)) continue;
    console.error(`${path} is there already`);
    return 1;
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const listed = [addToList(join(folder, 'standard-rules.ts'), name), addToBarrel(join(folder, 'index.ts'), name)];
  const test = relative(process.cwd(), join(folder, `${name}.test.ts`));
  console.log(
    [
      ...[...files.keys()].map((path) => `written  ${relative(process.cwd(), path)}`),
      ...listed.filter((path) => path !== null).map((path) => `extended ${relative(process.cwd(), path)}`),
      'Now',
      `  1. npx vitest run ${test}            the examples fail: they have no plans yet`,
      `  2. UPDATE=1 npx vitest run ${test}   writes them into the rule; read them`,
      '  3. make the rule yours: the comment, the examples, the rewriting, the wrong version; run 1 and 2 again',
    ].join('\n'),
  );
  return 0;
}

/** A line in the list, and its import in front of the others that come later in the alphabet. */
function addToList(path: string, name: string): string | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  const end = text.indexOf(']);');
  if (end < 0) return null;
  const constant = exportNameOf(name);
  const listed = `${text.slice(0, end)}  ${constant},\n${text.slice(end)}`;
  writeFileSync(
    path,
    withLine(listed, `import { ${constant} } from './${name}.ts';`, /^import \{ \w+ \} from '\.\/.*$/gm),
  );
  return path;
}

function addToBarrel(path: string, name: string): string | null {
  if (!existsSync(path) || !existsSync(join(dirname(path), 'standard-rules.ts'))) return null;
  writeFileSync(path, withLine(readFileSync(path, 'utf8'), `export * from './${name}.ts';`, /^export \* from .*$/gm));
  return path;
}

/** The text with a line among those of its kind, in their order. */
function withLine(text: string, line: string, kind: RegExp): string {
  const path = (of: string): string => of.slice(of.indexOf("'"));
  const next = [...text.matchAll(kind)].find(([other]) => path(other) > path(line));
  const last = [...text.matchAll(kind)].at(-1);
  if (next !== undefined) return `${text.slice(0, next.index)}${line}\n${text.slice(next.index)}`;
  const end = last === undefined ? 0 : last.index + last[0].length + 1;
  return `${text.slice(0, end)}${line}\n${text.slice(end)}`;
}
