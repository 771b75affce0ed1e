// Reads Delta tables with ClickHouse (chdb). In: JSON {modules, queries: string[]} on standard input; out: one JSON array of row arrays.
// A process of its own, with its working directory at the root, because chdb only reads below that.
const { createRequire } = require('node:module');

let input = '';
process.stdin.on('data', (chunk) => {
  input += chunk;
});
process.stdin.on('end', () => {
  const { modules, queries } = JSON.parse(input);
  const { query } = createRequire(modules)('chdb');
  const results = queries.map((sql) =>
    String(query(sql, 'JSONCompactEachRow'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
  process.stdout.write(JSON.stringify(results));
});
