"""Reads Delta tables with delta-rs. In: JSON [{path, columns: [[name, kind]]}] on standard input; out: JSON, rows of canonical texts."""
import json
import math
import sys

from deltalake import DeltaTable


def canonical(kind, value):
    if value is None:
        return None
    if kind == "array":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if kind == "bytes":
        return value.hex().upper()
    if kind == "bool":
        return "true" if value else "false"
    if kind == "float":
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return repr(value)
    if kind == "decimal":
        return format(value, "f")
    if kind == "timestamp":
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def read(table):
    rows = DeltaTable(table["path"]).to_pyarrow_table().to_pylist()
    return [[canonical(kind, row[name]) for name, kind in table["columns"]] for row in rows]


json.dump([read(table) for table in json.load(sys.stdin)], sys.stdout)
