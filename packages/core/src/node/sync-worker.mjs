// A thread that does nothing but fdatasync, so that a log's sync never queues behind other file work in libuv's pool.
// File descriptors belong to the process: the number is all it needs.
import { fdatasyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, descriptor }) => {
  try {
    fdatasyncSync(descriptor);
    parentPort.postMessage({ id });
  } catch (error) {
    parentPort.postMessage({ id, code: error.code, message: error.message });
  }
});
