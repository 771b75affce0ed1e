import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

/**
 * What a README shows, runs here. A code block marked `ts run` is a program of its own: it must compile, and print what its comments `// => text`
 * say, line by line and in order.
 */

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = join(TESTS, '..');
/** Below tests/, so that the programs find the packages as tests do. */
const FOLDER = join(TESTS, '.docs');

interface Program {
  readonly name: string;
  readonly file: string;
  readonly code: string;
  readonly expected: readonly string[];
}

function programsOf(readme: string, name: string): readonly Program[] {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```ts run\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, code = ''], index) => ({
    name: blocks.length === 1 ? name : `${name} (${index + 1})`,
    file: join(FOLDER, `${name}-${index + 1}.ts`),
    code,
    expected: [...code.matchAll(/\/\/ => ?(.*)$/gm)].map((match) => match[1] ?? ''),
  }));
}

const PACKAGES = readdirSync(join(ROOT, 'packages'));
const PROGRAMS: readonly Program[] = [
  ...(existsSync(join(ROOT, 'README.md')) ? programsOf(join(ROOT, 'README.md'), 'README') : []),
  ...PACKAGES.flatMap((name) => programsOf(join(ROOT, 'packages', name, 'README.md'), name)),
];

describe('the programs of the READMEs', () => {
  beforeAll(() => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER);
    // What they write goes with them.
    vi.stubEnv('TMPDIR', FOLDER);
    for (const { file, code } of PROGRAMS) writeFileSync(file, code.endsWith('\n') ? code : `${code}\n`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(FOLDER, { recursive: true, force: true });
  });

  it.each(PACKAGES)('there is one for %s', (name) => {
    expect(PROGRAMS.some((program) => program.file.startsWith(join(FOLDER, `${name}-`)))).toBe(true);
  });

  it('compile', () => {
    writeFileSync(
      join(FOLDER, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: { noEmit: true, isolatedDeclarations: false, declaration: false },
        files: PROGRAMS.map(({ file }) => file),
      }),
    );
    const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER]);
    expect(String(stdout)).toBe('');
  });

  it.each(PROGRAMS.map((program) => [program.name, program] as const))('%s', async (_, { file, expected }) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
      printed.push(...formatWithOptions({ breakLength: Number.POSITIVE_INFINITY }, ...values).split('\n'));
    });
    try {
      await import(/* @vite-ignore */ pathToFileURL(file).href);
    } finally {
      log.mockRestore();
    }
    expect(expected.length, 'the program says what it prints').toBeGreaterThan(0);
    expect(printed.map((line) => line.trimEnd())).toEqual(expected.map((line) => line.trimEnd()));
  });
});
