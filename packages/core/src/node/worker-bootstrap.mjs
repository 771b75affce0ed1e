// Runs in a worker thread: loads the task's module and answers calls. TypeScript entries (development, tests) are loaded through tsx,
// which a thread must register itself; published packages name a built .js file.
import { parentPort, workerData } from 'node:worker_threads';

if (workerData.entry.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api');
  register();
}
const module = await import(workerData.entry);

parentPort.on('message', async ({ id, message }) => {
  try {
    const reply = await module.handle(message);
    parentPort.postMessage({ id, value: reply.value }, reply.transfer ?? []);
  } catch (error) {
    parentPort.postMessage({ id, error: describe(error) });
  }
});
parentPort.postMessage({ id: 0, value: 'ready' });

// An error as plain data; what cannot be cloned (a cause) becomes its text.
function describe(error) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, key, sqlstate, info, code } = error;
  return {
    name,
    message,
    stack,
    key,
    sqlstate,
    code,
    info: info && { ...info, cause: info.cause && String(info.cause) },
  };
}
