import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fuzz } from '../packages/testkit/src/command/fuzz.ts';
import { newRule } from '../packages/testkit/src/command/new-rule.ts';

// The newcomer's path: a rule from the template, its proof before and after UPDATE=1, the hunt that files what it finds.
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDER = join(ROOT, 'tests', '.kit');
const NAME = 'drop-true';

/** Runs vitest on the folder as a newcomer would; what it printed, without colours. */
function vitest(environment: Readonly<Record<string, string>>): { readonly isGreen: boolean; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', join(FOLDER, `${NAME}.test.ts`)],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FUZZ_RUNS: '1', ...environment } },
  );
  return { isGreen: status === 0, text: stdout + stderr };
}

describe('a new rule', { timeout: 120_000 }, () => {
  beforeAll(() => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER);
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterAll(() => {
    vi.restoreAllMocks();
    rmSync(FOLDER, { recursive: true, force: true });
  });

  it('is written once, with its line in the list', () => {
    writeFileSync(
      join(FOLDER, 'standard-rules.ts'),
      "import { pruneColumns } from './prune-columns.ts';\n\nconst RULES = Object.freeze([\n  pruneColumns,\n]);\n",
    );
    writeFileSync(join(FOLDER, 'index.ts'), "export * from './prune-columns.ts';\n");
    expect(newRule(NAME, FOLDER)).toBe(0);
    expect(newRule(NAME, FOLDER)).toBe(1);
    expect(newRule('True', FOLDER)).toBe(1);
    expect(readFileSync(join(FOLDER, 'standard-rules.ts'), 'utf8')).toBe(
      "import { dropTrue } from './drop-true.ts';\nimport { pruneColumns } from './prune-columns.ts';\n\nconst RULES = Object.freeze([\n  pruneColumns,\n  dropTrue,\n]);\n",
    );
    expect(readFileSync(join(FOLDER, 'index.ts'), 'utf8')).toBe(
      "export * from './drop-true.ts';\nexport * from './prune-columns.ts';\n",
    );
    for (const name of ['standard-rules.ts', 'index.ts']) rmSync(join(FOLDER, name));
  });

  it('compiles', () => {
    writeFileSync(
      join(FOLDER, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions: { noEmit: true }, include: ['**/*.ts'] }),
    );
    const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER]);
    expect(String(stdout)).toBe('');
  });

  it('that is wrong is hunted down and filed; its proof replays that first, and says what else is missing', () => {
    edit('expr.value === true', 'expr.value !== true');
    vi.stubEnv('NO_COLOR', '1');
    expect(fuzz(ROOT, { minutes: 0.001, rule: NAME, isQuiet: true })).toBe(1);
    vi.unstubAllEnvs();
    const files = readdirSync(join(FOLDER, 'regressions', NAME));
    expect(files.some((file) => /^rows-[0-9a-f]{8}\.json$/.test(file))).toBe(true);
    const { isGreen, text } = vitest({ FUZZ_RUNS: '0.1' });
    expect(isGreen).toBe(false);
    expect(text).toMatch(/regressions > rows-[0-9a-f]{8}\.json\nAssertionError: other rows come out/);
    expect(text).toMatch(/drop-true \(rows\): other rows come out\nFUZZ_SEED=-?\d+, run \d+, path [\d:]+, plan/);
    expect(text).toMatch(
      /To keep it, save this as tests\/\.kit\/regressions\/drop-true\/rows-\w{8}\.json .*:\n\{"rule":"drop-true"/,
    );
    expect(text).toContain('before is not filled in yet; it is:\nProject k\n  Filter x > 1, true\n    Scan a [k, x]');
    expect(text).toContain('UPDATE=1 writes the plans into the rule.');
  });

  it('that is right is proved, once UPDATE=1 has filled in its examples', () => {
    edit('expr.value !== true', 'expr.value === true');
    const { isGreen, text } = vitest({ UPDATE: '1' });
    expect(text).toMatch(/drop-true: fired in \d+ of 1000 runs[\s\S]*drop-true \(any literal\): killed in run \d+/);
    expect(isGreen).toBe(true);
    const source = readFileSync(join(FOLDER, `${NAME}.ts`), 'utf8');
    expect(source).toContain("before: 'Project k\\n  Filter x > 1, true\\n    Scan a [k, x]',");
    expect(source).toContain("after: 'Project k\\n  Filter x > 1\\n    Scan a [k, x]',");
    expect(source).toContain("after: 'unchanged',");
  });
});

function edit(from: string, to: string): void {
  const path = join(FOLDER, `${NAME}.ts`);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}
