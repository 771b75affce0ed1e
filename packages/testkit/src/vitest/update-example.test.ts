import { describe, expect, it } from 'vitest';
import { withPlans } from './update-example.ts';

const SOURCE = `  examples: [
    {
      title: 'it\\'s two',
      sql: 'SELECT 1',
      before: '',
      after: '',
    },
    {
      title: "the other's",
      sql: 'SELECT 2',
      before:
        'old',
      after: 'unchanged',
    },
  ],
`;

describe('UPDATE=1', () => {
  it('fills placeholders, and nothing else', () => {
    const text = withPlans(SOURCE, "it's two", { before: 'A\n  B', after: "C 'x'" });
    expect(text).toBe(SOURCE.replace("before: ''", "before: 'A\\n  B'").replace("after: ''", `after: "C 'x'"`));
  });

  it('replaces what is there, and gives a long plan a line of its own', () => {
    const long = `${'x'.repeat(120)}`;
    const text = withPlans(SOURCE, "the other's", { before: 'new', after: long });
    expect(text).toContain(`      before: 'new',\n      after:\n        '${long}',\n    },\n  ],`);
    expect(text).toContain("title: 'it\\'s two',\n      sql: 'SELECT 1',\n      before: '',\n      after: '',");
  });

  it('says if the source has no such example', () => {
    expect(() => withPlans(SOURCE, 'three', { before: '', after: '' })).toThrow('the source has no example "three"');
    const bare = SOURCE.replace("      before: '',\n", '');
    expect(() => withPlans(bare, "it's two", { before: '', after: '' })).toThrow(`has no before: '...'`);
  });
});
