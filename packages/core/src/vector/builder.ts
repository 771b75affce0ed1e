import { type DataType, layoutOf } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { BytesBuilder } from './bytes-builder.ts';
import type { ColumnVector } from './column-vector.ts';
import { BoolBuilder, Int64Builder, NumberBuilder } from './fixed-builder.ts';
import { Fixed16Builder } from './fixed16-builder.ts';
import { ListBuilder } from './list-builder.ts';
import type { BuilderOptions, VectorBuilder } from './vector-builder.ts';

/** A builder for vectors of a type. Its vectors are plain: never dictionary or constant. */
export function createVectorBuilder(type: DataType, options: BuilderOptions = {}): VectorBuilder {
  const layout = layoutOf(type);
  switch (layout) {
    case 'bits':
      return new BoolBuilder(type, options);
    case 'int64':
      return new Int64Builder(type, options);
    case 'int16':
    case 'int32':
    case 'uint32':
    case 'float32':
    case 'float64':
      return new NumberBuilder(type, layout, options);
    case 'fixed16':
      return new Fixed16Builder(type, options);
    case 'bytes':
      return new BytesBuilder(type, options);
    case 'list': {
      const item: DataType = type.kind === 'array' ? type.item : { kind: 'unknown' };
      return new ListBuilder(type, createVectorBuilder(item, options), options);
    }
    default:
      return layout satisfies never;
  }
}

/** A plain vector of JavaScript values (see Value for their forms). */
export function vectorFromValues(type: DataType, values: readonly Value[]): ColumnVector {
  const builder = createVectorBuilder(type, { capacityRows: values.length });
  for (const value of values) builder.appendValue(value);
  return builder.finish();
}
