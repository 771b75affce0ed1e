import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../support/test-server.ts';
import {
  type Command,
  connectTo,
  contentsOf,
  deltaRowCount,
  runCommand,
  startCommand,
  temporaryDirectory,
  useCommand,
} from './support/command.ts';

// The command as a newcomer meets it: what it prints, with which code it ends, and what it leaves on disk.

useCommand();

/** Refused: nothing on stdout, exactly one line for a person on stderr, exit code 1. */
async function refusal(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args, environment);
  expect({ code, stdout, lines: stderr.split('\n').length }, stderr).toEqual({ code: 1, stdout: '', lines: 2 });
  expect(stderr).toMatch(/^millrace: .*\n$/);
  expect(stderr).not.toMatch(/ at .*\(|\bTypeError\b|node_modules|\.ts:/);
  return stderr.slice('millrace: '.length, -1);
}

const start = async (directory: string, ...args: string[]): Promise<{ command: Command; port: number }> => {
  const command = startCommand(['--data', directory, '--listen', '127.0.0.1:0', ...args]);
  return { command, port: await command.ready };
};

describe('options', () => {
  it('--help says what there is', async () => {
    const { code, stdout, stderr } = await runCommand(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const word of ['npm start', '--data DIR', '--listen HOST:PORT', '--memory SIZE', './millrace-data', '5433'])
      expect(stdout).toContain(word);
    for (const name of ['MILLRACE_DATA', 'MILLRACE_LISTEN', 'MILLRACE_MEMORY', 'MILLRACE_DISABLED_RULES'])
      expect(stdout).toContain(name);
  });

  it('what it does not understand ends it with one line that says what to write', async () => {
    const data = temporaryDirectory();
    // options.test.ts has the other lines; this is how one looks from outside.
    expect(await refusal(['--listen', '--data', data])).toBe("Option '--listen' argument is ambiguous; see --help");
    expect(contentsOf(data)).toEqual({});
  });

  it('refuses an address that others can reach, and says why', async () => {
    const data = temporaryDirectory();
    const lines = await Promise.all([
      refusal(['--data', data, '--listen', '0.0.0.0:0']),
      refusal(['--data', data], { MILLRACE_LISTEN: 'db.example.org:5433' }),
    ]);
    for (const line of lines) {
      expect(line).toMatch(/^refusing to listen on /);
      expect(line).toMatch(/no users are configured, so anyone who reaches that address could read and write/);
      expect(line).toMatch(/listen on 127\.0\.0\.1/);
    }
    expect(contentsOf(data)).toEqual({});
  });

  it('MILLRACE_DISABLED_RULES: unknown names are refused with a suggestion', async () => {
    const args = ['--data', temporaryDirectory(), '--listen', '127.0.0.1:0'];
    expect(await refusal(args, { MILLRACE_DISABLED_RULES: 'prune-colums' })).toMatch(
      /prune-colums.*Did you mean "prune-columns"\?/,
    );
  });

  it('takes data, address, memory and disabled rules from the environment', async () => {
    const data = join(temporaryDirectory(), 'deep', 'er');
    const command = startCommand([], {
      MILLRACE_DATA: data,
      MILLRACE_LISTEN: '127.0.0.1:0',
      MILLRACE_MEMORY: '64MB',
      MILLRACE_DISABLED_RULES: 'prune-columns, sort-limit-to-topk',
    });
    const port = await command.ready;
    expect(command.stdout()).toBe(
      `millrace: ready for PostgreSQL clients on 127.0.0.1:${port}, data in ${data} (psql -h 127.0.0.1 -p ${port} -U anyone)\n`,
    );
    expect(command.stderr()).toBe('');
    const client = await connectTo(port);
    const rules = await rowsOf(client, 'show millrace.rules');
    const off = rules.filter((row) => row.includes('f')).map((row) => row[1]);
    expect(off.sort()).toEqual(['prune-columns', 'sort-limit-to-topk']);
    await client.end();
    command.kill('SIGKILL');
    await command.ended;
  });

  it('runs with all rules off', async () => {
    const command = startCommand(['--listen', '127.0.0.1:0', '--data', temporaryDirectory()], {
      MILLRACE_DISABLED_RULES: 'all',
    });
    const client = await connectTo(await command.ready);
    await client.query('create table t (a int4, b text)');
    await client.query(`insert into t values (2, 'x'), (1, 'y')`);
    expect(await rowsOf(client, 'select a from t where b > $1 order by a limit 1', ['a'])).toEqual([['1']]);
    const plan = await rowsOf(client, 'explain select a from t order by a limit 1');
    expect(plan.join('\n')).toMatch(/Limit[\s\S]*Sort[\s\S]*\[a, b\]/);
    await client.end();
    command.kill('SIGTERM');
    expect(await command.ended).toBe(0);
  });
});

describe('what is in use', () => {
  it('a data directory or a port of a live server; a killed server leaves neither', async () => {
    const data = temporaryDirectory();
    const first = await start(data);
    const other = temporaryDirectory();
    const [inUse, portInUse] = await Promise.all([
      refusal(['--data', data, '--listen', '127.0.0.1:0']),
      refusal(['--data', other, '--listen', `127.0.0.1:${first.port}`]),
    ]);
    expect(inUse).toContain(`${data}`);
    expect(inUse).toMatch(new RegExp(`in use by another server \\(process ${first.command.pid}\\)`));
    expect(portInUse).toBe(`the address 127.0.0.1:${first.port} is in use by another process`);

    const client = await connectTo(first.port);
    await client.query('create table t (a int4)');
    await client.query('insert into t values (1)');
    first.command.kill('SIGKILL');
    expect(await first.command.ended).toBe('SIGKILL');

    const second = startCommand(['--data', data, '--listen', `127.0.0.1:${first.port}`]);
    expect(await second.ready).toBe(first.port);
    expect(second.stderr()).toBe('');
    expect(await rowsOf(await connectTo(first.port), 'select a from t')).toEqual([['1']]);
    second.kill('SIGKILL');
    await second.ended;
  });

  it('a data directory that cannot be one', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, 'not a directory');
    const paths = [file, '/proc/nowhere/data'];
    const lines = await Promise.all(paths.map((path) => refusal(['--data', path, '--listen', '127.0.0.1:0'])));
    paths.forEach((path, i) => {
      expect(lines[i]).toContain(`could not use ${path} as the data directory: `);
    });
    expect(readFileSync(file, 'utf8')).toBe('not a directory');
  });
});

describe('stopping', () => {
  it('SIGTERM: running statements finish, no new ones start, everything is in Delta', async () => {
    const data = temporaryDirectory();
    const { command, port } = await start(data);
    const client = await connectTo(port);
    const idle = await connectTo(port);
    const open = await connectTo(port);
    await client.query('create table a (n int4, note text)');
    await client.query('create table b (n int4, k text) partition by list (n)');
    await client.query(`insert into a select g, 'row ' || g from generate_series(1, 1000) g`);
    await client.query('insert into b values (1), (2), (2)');
    await open.query('begin');
    await open.query('insert into a values (-1)');

    const idleHeard = new Promise<{ code?: unknown }>((resolve) => idle.once('error', resolve));
    const running = rowsOf(client, 'select count(*), sum(g) from generate_series(1, 3000000) g');
    await new Promise((resolve) => setTimeout(resolve, 150));
    command.kill('SIGTERM');
    expect(await running).toEqual([['3000000', '4500001500000']]);
    expect((await idleHeard).code).toBe('57P01');
    await expect(connectTo(port)).rejects.toThrow(/ECONNREFUSED|shutting down/);
    expect(await command.ended).toBe(0);
    expect(command.stderr()).toBe('');

    expect([deltaRowCount(data, 'a'), deltaRowCount(data, 'b')]).toEqual([1000, 3]);
    // What is left of the log is one segment, whose records are all in Delta: the next start has nothing to write.
    expect(readdirSync(join(data, 'wal')).filter((name) => name.endsWith('.wal'))).toHaveLength(1);
  });

  it('SIGINT, and again (Ctrl-C under npm sends it twice): the same orderly end', async () => {
    const data = temporaryDirectory();
    const { command, port } = await start(data);
    const client = await connectTo(port);
    await client.query('create table t (a int4)');
    await client.query('insert into t values (1), (2)');
    command.kill('SIGINT');
    command.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 20));
    command.kill('SIGINT');
    expect(await command.ended).toBe(0);
    expect(deltaRowCount(data, 't')).toBe(2);
  });
});

describe('a damaged data directory is refused with one line, and nothing in it is changed', () => {
  const origin = { directory: '' };
  beforeAll(async () => {
    origin.directory = temporaryDirectory();
    const { command, port } = await start(origin.directory);
    const client = await connectTo(port);
    await client.query('create table t (a int4, b text)');
    await client.query(`insert into t values (0, 'flushed')`);
    await client.query('checkpoint');
    for (let i = 1; i <= 5; i++) await client.query('insert into t values ($1, $2)', [i, `row ${i}`]);
    command.kill('SIGKILL');
    await command.ended;
  });

  function copy(): string {
    const directory = temporaryDirectory();
    cpSync(origin.directory, directory, { recursive: true });
    return directory;
  }
  const newest = (directory: string, folder: string, pattern: RegExp): string => {
    const names = readdirSync(join(directory, folder), { encoding: 'utf8', recursive: true });
    return join(
      directory,
      folder,
      names
        .filter((name) => pattern.test(name))
        .sort()
        .at(-1) ?? '',
    );
  };

  async function refused(damage: (directory: string) => void): Promise<string> {
    const directory = copy();
    damage(directory);
    const before = contentsOf(directory);
    const line = await refusal(['--data', directory, '--listen', '127.0.0.1:0']);
    expect(contentsOf(directory)).toEqual(before);
    expect(line).toContain(directory);
    return line;
  }

  it('the copy itself starts, with every row once', async () => {
    const { command, port } = await start(copy());
    expect(await rowsOf(await connectTo(port), 'select a, b from t order by a')).toEqual([
      ['0', 'flushed'],
      ...[1, 2, 3, 4, 5].map((i) => [String(i), `row ${i}`]),
    ]);
    command.kill('SIGKILL');
    await command.ended;
  });

  it('a flipped bit in the middle of the log', async () => {
    const line = await refused((directory) => {
      const path = newest(directory, 'wal', /\.wal$/);
      const bytes = readFileSync(path);
      const at = bytes.indexOf('row 2');
      expect(at).toBeGreaterThan(0);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    });
    expect(line).toMatch(/write-ahead log segment .* is damaged at bytes \d+ to \d+: acknowledged records/);
  });

  it('a log segment without its header', async () => {
    const line = await refused((directory) => writeFileSync(newest(directory, 'wal', /\.wal$/), 'garbage'));
    expect(line).toMatch(/\.wal/);
  });

  it('a truncated catalog', async () => {
    const line = await refused((directory) => {
      const path = newest(directory, 'catalog', /\.json$/);
      truncateSync(path, Math.floor(statSync(path).size / 2));
    });
    expect(line).toMatch(/catalog\/\d+\.json is damaged/);
  });

  it('a catalog of another format', async () => {
    const line = await refused((directory) => writeFileSync(newest(directory, 'catalog', /\.json$/), '{"format":1}'));
    expect(line).toMatch(/catalog\/\d+\.json is damaged/);
  });

  it('a truncated Delta log', async () => {
    const line = await refused((directory) => {
      const path = newest(directory, 'tables', /_delta_log\/\d+\.json$/);
      truncateSync(path, statSync(path).size - 20);
    });
    expect(line).toMatch(/_delta_log\/\d+\.json/);
  });

  it('a Delta commit that is empty, as a crash of another disk leaves it', async () => {
    const line = await refused((directory) => {
      const path = newest(directory, 'tables', /_delta_log\/\d+\.json$/);
      truncateSync(path, 0);
    });
    expect(line).toMatch(/_delta_log\/\d+\.json is empty/);
  });
});
