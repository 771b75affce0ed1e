import { afterEach, expect, test } from 'vitest';
import type { WorkerThread } from '../ports/workers.ts';
import { nodeWorkers } from './workers.ts';

let thread: WorkerThread | null = null;
afterEach(() => thread?.close());

function spawn(): WorkerThread {
  thread = nodeWorkers.spawn({
    url: new URL('./fixtures/echo-worker.ts', import.meta.url).href,
    load: () => import('./fixtures/echo-worker.ts'),
  });
  return thread;
}

test('answers calls in parallel, with bytes', async () => {
  const worker = spawn();
  const replies = await Promise.all([worker.call('a'), worker.call({ b: 1n })]);
  expect(replies).toEqual([
    { message: 'a', bytes: new Uint8Array(8).fill(7) },
    { message: { b: 1n }, bytes: new Uint8Array(8).fill(7) },
  ]);
});

test('errors keep key, SQLSTATE and info; bugs are XX000', async () => {
  const worker = spawn();
  await expect(worker.call('fail')).rejects.toMatchObject({
    key: 'diskFull',
    sqlstate: '53100',
    message: 'could not write x: no space left on device',
    info: { detail: 'from the thread', cause: 'Error: inner' },
  });
  await expect(worker.call('bug')).rejects.toMatchObject({ sqlstate: 'XX000', message: 'a bug' });
});

test('a thread that dies fails its calls, and the next call gets a new one', async () => {
  const worker = spawn();
  await worker.call('warm');
  await expect(worker.call('exit')).rejects.toMatchObject({ sqlstate: 'XX000' });
  expect(await worker.call('again')).toMatchObject({ message: 'again' });
});

test('an abort stops waiting; a closed worker refuses', async () => {
  const worker = spawn();
  const abort = new AbortController();
  const call = worker.call('slow', { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  await worker.close();
  await expect(worker.call('x')).rejects.toMatchObject({ sqlstate: 'XX000' });
});
