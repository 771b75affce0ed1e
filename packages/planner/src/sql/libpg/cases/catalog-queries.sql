SELECT ns.nspname AS "Namespace", rel.relname AS "Relation",
       CASE rel.relkind WHEN 'r' THEN 'plain' WHEN 'p' THEN 'split' ELSE rel.relkind::pg_catalog.text END AS "Sort"
FROM pg_catalog.pg_class rel LEFT JOIN pg_catalog.pg_namespace ns ON ns.oid = rel.relnamespace
WHERE rel.relkind IN ('r', 'p', '') AND ns.nspname !~ '^pg_temp' AND pg_catalog.pg_table_is_visible(rel.oid)
ORDER BY 1, 2
-- names: pg_catalog.pg_class, pg_catalog.pg_namespace

SELECT oid FROM pg_catalog.pg_class WHERE relname OPERATOR(pg_catalog.~) '^(orders)$' COLLATE pg_catalog.default
-- names: pg_catalog.pg_class

SELECT att.attname, pg_catalog.format_type(att.atttypid, att.atttypmod),
       (SELECT pg_catalog.pg_get_expr(def.adbin, def.adrelid) FROM pg_catalog.pg_attrdef def
        WHERE def.adrelid = att.attrelid AND def.adnum = att.attnum AND att.atthasdef)
FROM pg_catalog.pg_attribute att WHERE att.attrelid = '1234' AND att.attnum > 0 AND NOT att.attisdropped ORDER BY att.attnum
-- names: pg_catalog.pg_attrdef, pg_catalog.pg_attribute

SELECT con.conname, con.conrelid::pg_catalog.regclass = '1234'::pg_catalog.regclass AS same
FROM pg_catalog.pg_constraint con, pg_catalog.pg_partition_ancestors('1234') AS up
WHERE con.conrelid = up.relid AND con.contype = 'f' ORDER BY same DESC
-- names: pg_catalog.pg_constraint

SELECT conname FROM pg_catalog.pg_constraint
WHERE confrelid IN (SELECT pg_catalog.pg_partition_ancestors('1234') UNION ALL VALUES ('1234'::pg_catalog.regclass))
-- names: pg_catalog.pg_constraint

SELECT pg_catalog.array_to_string(ARRAY(SELECT rolname FROM pg_catalog.pg_roles WHERE oid = ANY (pol.polroles) ORDER BY 1), E'\n')
FROM pg_catalog.pg_policy pol
-- names: pg_catalog.pg_roles, pg_catalog.pg_policy

SELECT 'd' = ANY(stat.stxkind), stat.stxnamespace::pg_catalog.regnamespace::pg_catalog.text FROM pg_catalog.pg_statistic_ext stat
-- names: pg_catalog.pg_statistic_ext

SELECT pubname FROM pg_catalog.pg_publication WHERE puballtables
UNION
SELECT pub.pubname FROM pg_catalog.pg_publication pub JOIN pg_catalog.pg_publication_rel link ON link.prpubid = pub.oid
WHERE (SELECT string_agg(a.attname, ', ') FROM pg_catalog.generate_series(0, pg_catalog.array_upper(link.prattrs::pg_catalog.int2[], 1)) s,
       pg_catalog.pg_attribute a WHERE a.attrelid = link.prrelid AND a.attnum = link.prattrs[s]) IS NOT NULL
ORDER BY 1
-- names: pg_catalog.pg_publication, pg_catalog.pg_publication, pg_catalog.pg_publication_rel, pg_catalog.pg_attribute

