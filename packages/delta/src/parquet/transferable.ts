import type { ColumnVector } from '@millrace/core';
import type { ParquetReply } from './messages.ts';

/**
 * The buffers of a reply that may be moved instead of copied, each once, none that is shared. A reply is made for one receiver and
 * WebAssembly gives copies, so nothing else reads them.
 */
export function transferable(reply: ParquetReply): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const take = (bytes: ArrayBufferView | null): void => {
    if (bytes !== null && bytes.buffer instanceof ArrayBuffer) buffers.add(bytes.buffer);
  };
  if ('bytes' in reply) take(reply.bytes as Uint8Array);
  if ('files' in reply) for (const file of reply.files as readonly { readonly bytes: Uint8Array }[]) take(file.bytes);
  if ('event' in reply) {
    const event = (reply as Extract<ParquetReply, { readonly event: unknown }>).event;
    if (event.kind === 'batches')
      for (const batch of event.batches) for (const vector of batch.vectors) takeVector(vector, take);
  }
  return [...buffers];
}

function takeVector(vector: ColumnVector, take: (bytes: ArrayBufferView | null) => void): void {
  switch (vector.kind) {
    case 'fixed':
    case 'bits':
    case 'fixed16':
      take(vector.validity);
      take(vector.values);
      return;
    case 'bytes':
      take(vector.validity);
      take(vector.offsets);
      take(vector.data);
      return;
    case 'list':
      take(vector.validity);
      take(vector.offsets);
      takeVector(vector.child, take);
      return;
    case 'dictionary':
      take(vector.validity);
      take(vector.codes);
      takeVector(vector.dictionary, take);
      return;
    case 'constant':
      return;
    default:
      vector satisfies never;
  }
}
