select 1
select 1 as one, 'two' as two, null
select * from mills
select m.* from mills m
select id, name from public.mills where id = 7
select distinct river from mills
select distinct on (river) river, id from mills order by river, id desc
select all name from mills
select name from mills order by name asc nulls first
select name from mills order by 1 desc limit 10 offset 20
select count(*) from mills
select count(distinct river) from mills
select river, sum(flow), avg(flow) from mills group by river
select river, sum(flow) from mills group by river having sum(flow) > 100
select string_agg(name, ', ' order by name) from mills
select sum(flow) filter (where id > 3) from mills
select array_agg(id) from mills group by river, dam
select max(flow) - min(flow) as spread from mills
select river, count(*) from mills group by rollup (river)
select river, dam, count(*) from mills group by cube (river, dam)
select river, count(*) from mills group by grouping sets ((river), ())
select percentile_cont(0.5) within group (order by flow) from mills
select a + b * c - d / e % f from numbers
select a or b and not c from flags
select not a = b or c is null from flags
select a between 1 and 10 from numbers
select a not between 1 and 10 and b from numbers
select a between symmetric 10 and 1 from numbers
select a in (1, 2, 3) from numbers
select a not in (select b from others) from numbers
select name like 'M%' and name not like '%x' from mills
select name ilike 'm_ll' from mills
select name like 'a!%' escape '!' from mills
select name similar to '(a|b)%' from mills
select name ~ '^M' and name !~* 'x$' from mills
select a is null, b is not null from numbers
select a isnull, b notnull from numbers
select a is true, b is not false, c is unknown from flags
select a is distinct from b from numbers
select a is not distinct from b from numbers
select -a, +b, - - c from numbers
select -5 ^ 2, 2 ^ 3 ^ 2
select 1::text || 'x'
select cast(id as text) from mills
select '2024-01-01'::date + 1
select date '2024-01-01', timestamp '2024-01-01 10:00', interval '1 day'
select timestamptz '2024-01-01 10:00+02'
select interval '3' hour
select ts at time zone 'UTC' from events
select ts at time zone 'UTC' at time zone 'CET' from events
select extract(hour from ts) from events
select extract('epoch' from ts) from events
select date_trunc('hour', ts) from events
select current_date, current_timestamp, now()
select current_user, session_user, current_schema
select case when a > b then 'more' when a < b then 'less' else 'same' end from numbers
select case a when 1 then 'one' when 2 then 'two' end from numbers
select coalesce(a, b, 0), nullif(a, b), greatest(a, b), least(a, b) from numbers
select substring(name from 2 for 3) from mills
select substring(name, 2, 3) from mills
select trim(name), trim(both 'x' from name), trim(leading from name) from mills
select position('il' in name) from mills
select overlay(name placing 'x' from 2 for 1) from mills
select upper(name), lower(name), length(name) from mills
select name collate "C" from mills order by name collate "C"
select 'it''s', E'tab\t', U&'\00e4', $$dollar$$
select B'1010', X'1F'
select 0x1F, 1_000, 1e3, .5, 9223372036854775808
select -9223372036854775808
select "Quoted Name", "with""quote" from "Mixed Table"
select array[1, 2, 3], array[[1, 2], [3, 4]]
select tags[1], tags[1:2] from events
select array(select id from mills)
select id = any (array[1, 2]) from mills
select id = any ($1) from mills
select id <> all (select id from old_mills) from mills
select row(1, 2), (3, 4)
select (a, b) < (c, d) from numbers
select (address).street from people
select doc -> 'a' ->> 'b' from documents
select doc #>> '{a,b}' from documents
select doc @> '{"a": 1}' and doc ? 'b' from documents
select - (doc ->> 'n')::int from documents
select a operator(pg_catalog.+) b from numbers
select a & b | c # d, ~a, a << 2, a >> 1 from numbers
select |/ 25.0, @ -3
select a || b || c = d from texts
select $1::int + $2
select id from mills where name = $1 and flow > $2
select exists (select 1 from mills where id = 3)
select (select max(id) from mills)
select id from mills where not exists (select 1 from dams where dams.mill = mills.id)
select id from mills where (river, dam) in (select river, dam from dams)
select * from mills, dams where mills.id = dams.mill
select * from mills join dams on mills.id = dams.mill
select * from mills m left join dams d on m.id = d.mill and d.height > 3
select * from mills right outer join dams using (river)
select * from mills full join dams using (river, id)
select * from mills cross join dams
select * from mills natural join dams
select * from mills natural left join dams
select * from (mills join dams using (river)) as joined
select * from a join b on a.x = b.x join c on b.y = c.y
select * from a join (b join c on b.y = c.y) on a.x = b.x
select * from a join b join c on b.y = c.y on a.x = b.x
select * from (select id from mills) as s
select * from (select id from mills) s (number)
select * from mills as m (a, b)
select * from (values (1, 'a'), (2, 'b')) as v (n, t)
select * from generate_series(1, 10) as g
select * from generate_series(1, 10) with ordinality as g (n, i)
select * from mills m, lateral (select * from dams d where d.mill = m.id) l
select * from unnest(array[1, 2]) u (x)
select * from rows from (f(1), g(2))
select * from mills tablesample system (10) repeatable (5)
select * from json_to_record('{}') as r (a int, b text)
select * from only mills
values (1, 'a'), (2, 'b')
values (1), (2) order by 1 desc limit 1
table mills
select 1 union select 2
select 1 union all select 2 union all select 3
select a from x intersect select a from y
select a from x except select a from y
select a from x except all select a from y
select a from x union select a from y intersect select a from z
(select a from x order by a limit 1) union all (select a from y)
select a from x union select b from y order by 1 limit 5
with r as (select 1 as n) select n from r
with r (n) as (select 1), s as (select n + 1 as m from r) select * from r, s
with r as materialized (select 1) select * from r
with recursive t (n) as (values (1) union all select n + 1 from t where n < 5) select n from t
with recursive t as (select 1 as n union all select n + 1 from t where n < 5) select sum(n) from t
with gone as (delete from mills returning *) select * from gone
select row_number() over (order by id) from mills
select sum(flow) over (partition by river order by id) from mills
select rank() over w from mills window w as (partition by river order by flow desc)
select sum(flow) over (order by id rows between 1 preceding and current row) from mills
select avg(flow) over (order by ts range between interval '1 hour' preceding and current row) from events
select id from mills fetch first 3 rows only
select id from mills offset 2 rows fetch next 3 rows only
select id from mills for update
select id into copy_of_mills from mills
insert into mills values (1, 'a', null)
insert into mills (id, name) values (1, 'a'), (2, 'b'), (3, default)
insert into mills (id, name) select id, name from old_mills
insert into mills (id, name) values ($1, $2), ($3, $4)
insert into mills default values
insert into mills (id) values (1) returning id
insert into mills (id) values (1) on conflict (id) do nothing
insert into mills as m (id) values (1)
with s as (select 1 as id) insert into mills (id) select id from s
update mills set name = 'x' where id = 1
update mills set flow = flow + 1 from dams where dams.mill = mills.id
delete from mills where id = 1
delete from mills using dams where dams.mill = mills.id
merge into mills using dams on true when matched then delete
create table mills (id int, name text)
create table if not exists public.mills (id bigint not null, flow numeric(10, 2) default 0, tags text[])
create table t (day date) partition by list (day)
create table t (id int) with (millrace.flush_after_ms = '100')
create table t (id int primary key, ref int references mills (id))
create table t as select * from mills
create temp table t (id int)
create table t (a int, b int generated always as (a * 2) stored)
drop table mills
drop table if exists mills, public.dams cascade
alter table mills add column height int
alter table mills rename to old_mills
create index on mills (name)
create unique index mills_name on mills (lower(name)) where id > 3
create view v as select id from mills
create materialized view mv as select id from mills
create schema s
create sequence q
create type mood as enum ('calm', 'wild')
create function f() returns int language sql as 'select 1'
drop view v
truncate mills
copy mills from stdin
copy mills to stdout
set timezone = 'UTC'
set local statement_timeout to 1000
set search_path to a, b
show timezone
show all
reset all
begin
begin isolation level repeatable read read only
start transaction
commit
rollback
savepoint s
explain select 1
explain (analyze, verbose off) select 1
prepare p (int) as select $1
execute p (1)
deallocate p
declare c cursor for select 1
fetch 3 from c
listen channel
vacuum mills
analyze mills
checkpoint
grant select on mills to someone
comment on table mills is 'x'
do 'begin end'
call flush('mills')
