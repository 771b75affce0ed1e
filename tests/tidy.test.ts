import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FILE_LINES_MAX = 300;
const RULE_LINES_MAX = 100;

/** The import graph of the design: package -> what it may import of millrace. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  planner: ['core'],
  rules: ['core', 'planner'],
  exec: ['core', 'planner'],
  engine: ['core', 'planner', 'exec'],
  delta: ['core'],
  buffer: ['core'],
  pgwire: ['core'],
  testkit: ['core', 'planner'],
  server: ['core', 'planner', 'rules', 'exec', 'engine', 'delta', 'buffer', 'pgwire'],
};
const PACKAGES = Object.keys(MAY_IMPORT);

/** Law 9: the world comes through ports. */
const BANNED: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'node:fs, node:net, node:worker_threads',
    /['"]node:(fs|fs\/promises|net|worker_threads|dgram|http|https|child_process|timers)(\/[a-z]+)?['"]/,
  ],
  ['Date', /\bnew Date\b|\bDate\.(now|parse|UTC)\b/],
  ['Math.random', /\bMath\.random\b/],
  ['timers', /\b(setTimeout|setInterval|setImmediate)\s*\(/],
  ['performance', /\bperformance\.(now|timeOrigin)\b/],
  ['process', /\bprocess\.(env|argv|exit|kill|on|once|nextTick|hrtime|pid|stdout|stderr)\b/],
  ['crypto randomness', /['"]node:crypto['"]/],
];

interface SourceFile {
  readonly path: string;
  readonly packageName: string;
  readonly text: string;
  readonly code: string;
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !/node_modules|dist|\.docs/.test(entry.parentPath),
    )
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** The text without comments, so that prose about a banned thing is no use of it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

function readSource(path: string, packageName: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, packageName, text, code: withoutComments(text) };
}

const FILES: readonly SourceFile[] = PACKAGES.flatMap((packageName) =>
  sourcesBelow(`packages/${packageName}/src`).map((path) => readSource(path, packageName)),
);
const TESTS: readonly SourceFile[] = sourcesBelow('tests').map((path) => readSource(path, 'tests'));

function importsOf(code: string): readonly string[] {
  const statements =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(statements)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** What a file imports from its own package, as paths. */
function relativeImportsOf(file: SourceFile): readonly string[] {
  const named = [
    ...importsOf(file.code),
    ...[...file.code.matchAll(/new URL\(\s*['"`]([^'"`]+)/g)].map((match) => match[1] ?? ''),
  ];
  return named
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file.path), name.replace(/\.\$\{\w+\}$/, '.ts')));
}

interface Manifest {
  readonly exports?: Readonly<Record<string, { readonly source: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (path: string): Manifest => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;

/** The files that other packages, a command line or a thread start from. */
const ENTRIES: ReadonlySet<string> = new Set([
  'packages/server/src/main.ts',
  'packages/testkit/src/command/main.ts',
  ...PACKAGES.flatMap((name) =>
    Object.values(manifestOf(`packages/${name}/package.json`).exports ?? {}).map(({ source }) =>
      posix.join('packages', name, source),
    ),
  ),
]);
const isEntry = (path: string): boolean => ENTRIES.has(path);

/** `push-filter-into-scan.ts` exports `pushFilterIntoScan`. */
function exportNamedFor(path: string): string {
  const fileName = path.split('/').at(-1)?.replace(/\.ts$/, '') ?? '';
  return fileName.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Tests, what they share, what they load, tables of cases, and the wrong versions of rules that they must refute. */
const isTest = (file: SourceFile): boolean =>
  file.path.endsWith('.test.ts') || /\/src\/(.*\/)?(testing|fixtures|cases|mutants)\//.test(file.path);
const isWorldAdapter = (file: SourceFile): boolean =>
  file.path.startsWith('packages/core/src/node/') ||
  file.packageName === 'server' ||
  // The part of the testkit that runs inside vitest, or beside it, reads its knobs (FUZZ_RUNS, FUZZ_SEED) and files what it finds.
  /^packages\/testkit\/src\/(vitest|command)\//.test(file.path);

describe('tidy: the repository keeps its own laws', () => {
  it('reads the sources it is about', () => {
    expect(FILES.length).toBeGreaterThan(200);
    for (const name of PACKAGES) expect(FILES.some((file) => file.packageName === name)).toBe(true);
  });

  it('keeps the import graph of the design', () => {
    const broken = FILES.filter((file) => !isTest(file)).flatMap((file) =>
      importsOf(file.code)
        .filter((name) => name.startsWith('@millrace/'))
        .map((name) => name.split('/')[1] ?? '')
        .filter((name) => name !== file.packageName && !MAY_IMPORT[file.packageName]?.includes(name))
        .map((name) => `${file.path} imports @millrace/${name}`),
    );
    expect(broken).toEqual([]);
  });

  it('declares the dependencies of the design, and no others of millrace', () => {
    for (const name of PACKAGES) {
      const manifest = manifestOf(`packages/${name}/package.json`);
      const declared = Object.keys(manifest.dependencies ?? {})
        .filter((dependency) => dependency.startsWith('@millrace/'))
        .map((dependency) => dependency.slice('@millrace/'.length));
      expect([...declared].sort(), name).toEqual([...(MAY_IMPORT[name] ?? [])].sort());
    }
  });

  it('imports nothing that is not declared', () => {
    const broken = FILES.flatMap((file) => {
      const manifest = readFileSync(join(ROOT, 'packages', file.packageName, 'package.json'), 'utf8');
      const allowed = isTest(file) ? ['vitest', 'fast-check', '@millrace/'] : [];
      return importsOf(file.code)
        .filter(
          (name) =>
            !name.startsWith('.') && !name.startsWith('node:') && !name.startsWith(`@millrace/${file.packageName}`),
        )
        .filter((name) => !allowed.some((prefix) => name.startsWith(prefix)))
        .map((name) => (name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? '')))
        .filter((name) => !manifest.includes(`"${name}"`))
        .map((name) => `${file.path} imports ${name}`);
    });
    expect(broken).toEqual([]);
  });

  it('touches the world only through ports (law 9)', () => {
    const broken = FILES.filter((file) => !isTest(file) && !isWorldAdapter(file)).flatMap((file) =>
      BANNED.filter(([, pattern]) => pattern.test(file.code)).map(([what]) => `${file.path} uses ${what}`),
    );
    expect(broken).toEqual([]);
  });

  it('imports apache-arrow only in core/arrow', () => {
    const broken = FILES.filter((file) => !isTest(file) && !file.path.startsWith('packages/core/src/arrow/'))
      .filter((file) => importsOf(file.code).some((name) => name.startsWith('apache-arrow')))
      .map((file) => file.path);
    expect(broken).toEqual([]);
  });

  it('raises errors of the table only', () => {
    const broken = FILES.filter((file) => !isTest(file) && !file.path.startsWith('packages/core/src/errors/'))
      .filter((file) => /\bnew (Error|TypeError|RangeError|MillraceError)\(/.test(file.code))
      .map((file) => file.path);
    const allowed = [
      // They rebuild an error that crossed a thread, or move its position.
      'packages/core/src/node/workers.ts',
      'packages/engine/src/session/error-position.ts',
      // It is the operating system there.
      'packages/testkit/src/sim/sim-faults.ts',
    ];
    expect(broken.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it('lets the reference interpreter share no code with what it checks', () => {
    const interpreter = FILES.filter(
      (file) => file.path.startsWith('packages/testkit/src/reference/') && !isTest(file),
    );
    expect(interpreter.length).toBeGreaterThan(0);
    const allowedFromCore =
      /^(type |failure$|ERRORS$|MillraceError$|AssertionError$|assert$|asMillraceError$|typeOf$|operandsOf$|types$|sameType$)/;
    const broken = interpreter.flatMap((file) =>
      [...file.code.matchAll(/import (type )?\{([^}]*)\} from '@millrace\/core'/g)].flatMap(([, isType, names = '']) =>
        isType
          ? []
          : names
              .split(',')
              .map((name) => name.trim())
              .filter((name) => name !== '' && !allowedFromCore.test(name))
              .map((name) => `${file.path} takes ${name} from core`),
      ),
    );
    expect(broken).toEqual([]);
  });

  it('has a file, a test and a preset line for every rule', () => {
    const preset = readFileSync(join(ROOT, 'packages/rules/src/standard-rules.ts'), 'utf8');
    const rules = FILES.filter(
      (file) => file.packageName === 'rules' && !isTest(file) && /\bdefine(Physical)?Rule\(/.test(file.code),
    );
    expect(rules.length).toBeGreaterThanOrEqual(9);
    for (const file of rules) {
      const fileName = file.path.split('/').at(-1)?.replace(/\.ts$/, '') ?? '';
      const exportName = exportNamedFor(file.path);
      expect(file.code, `${file.path} exports ${exportName}`).toMatch(new RegExp(`export const ${exportName}\\b`));
      expect(file.code, `${file.path} is named like its rule`).toContain(`name: '${fileName}'`);
      expect(preset, `the preset names ${exportName}`).toMatch(new RegExp(`\\b${exportName},`));
      const proofs = [...FILES.map((other) => other.path), ...sourcesBelow('tests')]
        .filter((path) => path.endsWith(`/${fileName}.test.ts`))
        .map((path) => readFileSync(join(ROOT, path), 'utf8'));
      expect(
        proofs.some((text) => text.includes(`ruleSuite(${exportName}, {`) && text.includes(`mutants/${fileName}.ts'`)),
        `${fileName} has a test that is a ruleSuite with mutants of its own`,
      ).toBe(true);
      expect(file.text.split('\n').length, `${file.path} is short`).toBeLessThanOrEqual(RULE_LINES_MAX + 1);
      expect(importsOf(file.code).filter((name) => name.startsWith('./') && !name.startsWith('./shared/'))).toEqual([]);
    }
  });

  it('has every wrong rule in a suite that must refute it', () => {
    const suites = [...FILES, ...TESTS].filter(({ path }) => path.endsWith('.test.ts')).map(({ code }) => code);
    const forgotten = FILES.filter(({ path }) => path.includes('/mutants/')).flatMap(({ path, code }) =>
      [...code.matchAll(/^export const (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !suites.some((text) => new RegExp(`mutants: \\[[^\\]]*\\b${name}\\b`).test(text)))
        .map((name) => `${path}: ${name}`),
    );
    expect(forgotten).toEqual([]);
  });

  it('keeps files short', () => {
    const data = /-relations\.ts$|\/type-rows\.ts$|\/errors\/table\.ts$|\/sql\/ast\.ts$/;
    const long = FILES.filter((file) => !isTest(file) && !data.test(file.path))
      .map((file) => `${file.path}: ${file.text.split('\n').length - 1}`)
      .filter((line) => Number(line.split(': ')[1]) > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it('explains every export', () => {
    const declares = /^export (async )?(abstract )?(function\*?|class|interface|type|const) \w/;
    const isOneLine = /^export (type|const) .*;$/;
    const broken = FILES.filter((file) => !isTest(file)).flatMap((file) => {
      const lines = file.text.split('\n');
      // A comment at the head of a file is about the export that the file is named for; one above a block of one-line exports is about all of them.
      const headed = file.text.startsWith('/**') ? exportNamedFor(file.path) : null;
      return lines.flatMap((line, index) => {
        if (!declares.test(line) || (headed !== null && line.startsWith(`export const ${headed}:`))) return [];
        let above = index - 1;
        while (isOneLine.test(line) && isOneLine.test(lines[above] ?? '')) above--;
        return /\*\/\s*$/.test(lines[above] ?? '') ? [] : [`${file.path}:${index + 1}`];
      });
    });
    expect(broken).toEqual([]);
  });

  it('has no file that nothing imports', () => {
    const product = FILES.filter((file) => !isTest(file));
    const imported = new Set(product.flatMap((file) => relativeImportsOf(file)));
    const dead = product.map((file) => file.path).filter((path) => !imported.has(path) && !isEntry(path));
    expect(dead).toEqual([]);
    const used = new Set([...FILES, ...TESTS].flatMap((file) => relativeImportsOf(file)));
    const deadHelpers = FILES.filter((file) => isTest(file) && !file.path.endsWith('.test.ts'))
      .map((file) => file.path)
      .filter((path) => !used.has(path));
    expect(deadHelpers).toEqual([]);
  });

  it('exports from a file only what another file, or a user, can want', () => {
    const files = [...FILES, ...TESTS];
    const mentions = new Map<string, number>();
    for (const { code } of files) {
      for (const word of new Set(code.match(/\w+/g))) mentions.set(word, (mentions.get(word) ?? 0) + 1);
    }
    const isPublic = new Set(
      FILES.filter(({ path }) => isEntry(path)).flatMap((file) =>
        [...file.code.matchAll(/export \* from '([^']+)'/g)].map(([, name = '']) =>
          posix.join(posix.dirname(file.path), name),
        ),
      ),
    );
    const lonely = FILES.filter((file) => !isTest(file) && !isEntry(file.path) && !isPublic.has(file.path)).flatMap(
      (file) =>
        [...file.code.matchAll(/^export (?:async |abstract )*(?:function\*?|class|const) (\w+)/gm)]
          .map(([, name = '']) => name)
          .filter((name) => mentions.get(name) === 1)
          .map((name) => `${file.path} exports ${name}`),
    );
    expect(lonely).toEqual([]);
  });

  it('has one barrel a package', () => {
    const barrels = FILES.map((file) => file.path).filter((path) => path.endsWith('/index.ts') && !isEntry(path));
    expect(barrels).toEqual([]);
  });

  it('pins what it depends on', () => {
    const manifests = [
      'package.json',
      'tests/package.json',
      ...PACKAGES.map((name) => `packages/${name}/package.json`),
    ];
    const loose = manifests.flatMap((path) => {
      const manifest = manifestOf(path);
      const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
      return Object.entries(wanted)
        .filter(([name, version]) =>
          name.startsWith('@millrace/') ? version !== 'workspace:*' : !/^\d+\.\d+\.\d+$/.test(version),
        )
        .filter(([name]) => !name.startsWith('@types/'))
        .map(([name, version]) => `${path}: ${name} ${version}`);
    });
    expect(loose).toEqual([]);
  });

  it('introduces every package', () => {
    const missing = PACKAGES.filter((name) => !existsSync(join(ROOT, 'packages', name, 'README.md')));
    expect(missing).toEqual([]);
  });

  it('names no machine and leaves no debt markers', () => {
    const broken = [...FILES.map((file) => file.path), ...sourcesBelow('tests'), ...sourcesBelow('examples')]
      .filter((path) => !path.endsWith('tidy.test.ts'))
      .filter((path) =>
        /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck/.test(readFileSync(join(ROOT, path), 'utf8')),
      );
    expect(broken).toEqual([]);
  });
});
