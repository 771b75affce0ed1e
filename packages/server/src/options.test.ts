import { MillraceError } from '@millrace/core';
import { expect, it } from 'vitest';
import { readOptions, requireLoopback } from './options.ts';

function refusalOf(step: () => unknown): string {
  try {
    step();
  } catch (error) {
    if (error instanceof MillraceError) return `${error.sqlstate} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

it('has defaults, which the environment changes and an option overrules', () => {
  expect(readOptions([], {})).toEqual({
    dataDirectory: './millrace-data',
    host: '127.0.0.1',
    port: 5433,
    memoryBytes: 1024 ** 3,
    disabledRules: [],
  });
  const environment = {
    MILLRACE_DATA: '/data',
    MILLRACE_LISTEN: '[::1]:6000',
    MILLRACE_MEMORY: '64MB',
    MILLRACE_DISABLED_RULES: ' a, b,,',
  };
  const fromEnvironment = {
    dataDirectory: '/data',
    host: '::1',
    port: 6000,
    memoryBytes: 64 * 1024 ** 2,
    disabledRules: ['a', 'b'],
  };
  expect(readOptions([], environment)).toEqual(fromEnvironment);
  expect(readOptions(['--data', 'here', '--listen=localhost:0', '--memory', '2gb'], environment)).toEqual({
    ...fromEnvironment,
    dataDirectory: 'here',
    host: 'localhost',
    port: 0,
    memoryBytes: 2 * 1024 ** 3,
  });
  expect(readOptions(['--frontend', 'portable'], {})).toMatchObject({ frontend: 'portable' });
  expect(readOptions(['--frontend=libpg'], {})).toMatchObject({ frontend: 'libpg' });
  expect(readOptions(['--data', 'here', '-h'], {})).toBeNull();
});

it.each([
  [['--bogus'], "Unknown option '--bogus'; see --help"],
  [['surplus'], "Unexpected argument 'surplus'; see --help"],
  [['--help=yes'], "Option '-h, --help' does not take an argument; see --help"],
  [['--listen'], "Option '--listen <value>' argument missing; see --help"],
  [['--listen', '--data'], "Option '--listen' argument is ambiguous; see --help"],
  [['--listen', 'nonsense'], '"nonsense" is not an address: give HOST:PORT, such as 127.0.0.1:5433'],
  [['--listen', ':5433'], '":5433" is not an address: give HOST:PORT, such as 127.0.0.1:5433'],
  [['--listen', '127.0.0.1'], '"127.0.0.1" is not an address: give HOST:PORT, such as 127.0.0.1:5433'],
  [['--listen', '127.0.0.1:65536'], '"127.0.0.1:65536" is not an address: give HOST:PORT, such as 127.0.0.1:5433'],
  [['--listen', '127.0.0.1:-1'], '"127.0.0.1:-1" is not an address: give HOST:PORT, such as 127.0.0.1:5433'],
  [['--memory', '1'], '"1" is not a memory size: give 16MB to 1024GB, such as 512MB'],
  [['--memory', '1.5GB'], '"1.5GB" is not a memory size: give 16MB to 1024GB, such as 512MB'],
  [['--memory', '2TB'], '"2TB" is not a memory size: give 16MB to 1024GB, such as 512MB'],
  [['--data', ''], '--data needs a directory'],
  [['--frontend', 'mysql'], '"mysql" is not a front end: give libpg or portable'],
])('%j is refused in one line', (args, line) => {
  expect(refusalOf(() => readOptions(args, {}))).toBe(`F0000 ${line}`);
});

it('listens where only this machine reaches it', () => {
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost'])
    expect(refusalOf(() => requireLoopback(host))).toBe('accepted');
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org', '::ffff:1.2.3.4'])
    expect(
      refusalOf(() => requireLoopback(host)),
      host,
    ).toMatch(/^F0000 refusing to listen on .*: no users are configured/);
});
