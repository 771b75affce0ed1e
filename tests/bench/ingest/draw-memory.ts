import type { Measured } from './report.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [900, 320, 70, 40, 30];
const POINTS_MAX = 600;
const MB = 2 ** 20;

/** The server's resident memory over the last run, as an SVG picture. */
export function drawMemory({ workload, millrace }: Measured): string {
  const curve = millrace.at(-1)?.curve ?? [];
  const seconds = Math.max(1, ...curve.map(([time]) => time));
  const most = Math.max(1, ...curve.map(([, bytes]) => bytes / MB));
  const top = Math.ceil(most / 100) * 100;
  const x = (time: number): number => LEFT + (time / seconds) * (WIDTH - LEFT - 20);
  const y = (megabytes: number): number => HEIGHT - BOTTOM - (megabytes / top) * (HEIGHT - BOTTOM - TOP);
  const step = Math.max(1, Math.ceil(curve.length / POINTS_MAX));
  const points = curve
    .filter((_, index) => index % step === 0)
    .map(([time, bytes]) => `${x(time).toFixed(1)},${y(bytes / MB).toFixed(1)}`);
  const lines = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * top).toFixed(1);
    const label = `<text x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${Math.round(part * top)}</text>`;
    return `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${at}" y2="${at}" stroke="#ddd"/>${label}`;
  });
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(part * seconds).toFixed(1)}" y="${HEIGHT - 14}" text-anchor="middle">${Math.round(part * seconds)} s</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<text x="${LEFT}" y="18">${workload.name}: resident memory of the server in MB, at most ${Math.round(most)}</text>
${[...lines, ...times].join('\n')}
<polyline fill="none" stroke="#2563eb" stroke-width="1.5" points="${points.join(' ')}"/>
</svg>
`;
}
