import type { RecordBatch } from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import { type ReadFileRequest, readFile } from '../scan/read-file.ts';
import { type StageSource, stageRows } from '../write/stage-rows.ts';

/** The rows of the files, in their order, in as few files as limits allow; statistics are computed anew. `onFile` as in `stageRows`. */
export async function rewriteFiles(
  source: StageSource,
  files: readonly AddFile[],
  options: { readonly signal: AbortSignal; readonly onFile: (key: string) => void },
): Promise<readonly AddFile[]> {
  const { fields } = source.schema;
  const { partitionColumns, store, codec, location } = source;
  async function* batches(): AsyncGenerator<RecordBatch, void, void> {
    for (const file of files) {
      const request: ReadFileRequest = {
        store,
        codec,
        location,
        file,
        fields,
        partitionColumns,
        signal: options.signal,
      };
      yield* readFile(request);
    }
  }
  return (await stageRows(source, batches(), options)).adds;
}
