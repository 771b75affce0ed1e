/**
 * A unified diff of two texts without headers: unchanged lines behind two spaces, removed ones behind `- `, added ones behind `+ `. Up to
 * `context` unchanged lines around each change are kept; `...` stands for the others. By longest common subsequence; texts are plans,
 * some tens of lines long.
 */
export function lineDiff(before: string, after: string, context = 2): readonly string[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  return trimContext(diffLines(a, b), context);
}

interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

function diffLines(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skip = Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
      common[i * width + j] = a[i] === b[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : skip;
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined || lengthAt(common, width, i + 1, j) >= lengthAt(common, width, i, j + 1))
    ) {
      lines.push({ sign: '-', text: left });
      i++;
    } else {
      lines.push({ sign: '+', text: right ?? '' });
      j++;
    }
  }
  return lines;
}

function lengthAt(common: Uint32Array, width: number, i: number, j: number): number {
  return common[i * width + j] ?? 0;
}

function trimContext(lines: readonly DiffLine[], context: number): readonly string[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some((line) => line.sign !== ' '),
  );
  if (!near.includes(true)) return [];
  const result: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (near[i] === true) result.push(`${line.sign} ${line.text}`);
    else if (i === 0 || near[i - 1] === true) result.push('  ...');
  }
  return result;
}
