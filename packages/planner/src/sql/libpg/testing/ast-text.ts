/**
 * A tree on one line, for the tests' tables: `kind(field=value ...)`. Everything is printed but positions and what is null, false or empty, so
 * that nothing can be lost or added without a test seeing it.
 */
export function astText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(astText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Readonly<Record<string, unknown>>;
  switch (node['kind']) {
    case 'literal':
      return node['literal'] === 'string' ? `'${node['text']}'` : `${node['literal']}:${node['text']}`;
    case 'column':
      return (node['parts'] as readonly string[]).join('.');
    case 'parameter':
      return `$${node['index']}`;
    default: {
      const fields = Object.entries(node).filter(
        ([name, field]) => name !== 'kind' && name !== 'at' && isPresent(name, field),
      );
      return `${node['kind'] ?? ''}(${fields.map(([name, field]) => `${name}=${astText(field)}`).join(' ')})`;
    }
  }
}

/** Of these, false and null mean different things. */
const TRISTATE: ReadonlySet<string> = new Set(['readOnly', 'materialized', 'nullsFirst']);

function isPresent(name: string, field: unknown): boolean {
  if (field === null || (field === false && !TRISTATE.has(name))) return false;
  return !Array.isArray(field) || field.some((item) => item !== null);
}
