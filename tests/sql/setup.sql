create table a(k int,x int); create table b(k int,y int); create table c(k int,t text);
create table events(ts timestamptz not null, project_id text not null, day date not null, name text, status int4, latency float8, tags text[], attrs jsonb);
create table wide(b bool, i2 int2, i4 int4 not null, i8 int8, f4 float4, f8 float8, n numeric, n2 numeric(10,2), s text not null, v varchar(10), v0 varchar,
by bytea, d date, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, ai int4[], at text[]);
insert into a values (1,10),(2,20),(3,null),(null,40),(2,25),(5,50);
insert into b values (1,100),(2,200),(2,null),(4,400),(null,1),(3,20);
insert into c values (1,'a'),(2,'B'),(3,null),(5,'x,y'),(2,'');
insert into events values ('2024-01-01 10:00:00+00','p1','2024-01-01','GET /',200,1.5,'{a,b}','{"a":1}'),('2024-01-01 11:30:00+00','p1','2024-01-01','POST /',500,2.5,null,'{"a":"x"}'),('2024-01-02 00:00:00+00','p2','2024-01-02',null,null,'NaN','{}','[]');
insert into wide values (true,1,10,100,1.5,2.5,1.25,3.50,'hello','vv','v0','\x01ff','2024-03-01','2024-03-01 12:00','2024-03-01 12:00+00','a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11','{"x": 1}','{"a":[1,2]}','{1,2,3}','{a,NULL}'),
(false,-2,20,null,null,'Infinity',null,-1.00,'World','vw',null,'\x','2020-02-29','2020-02-29 23:59:59.999999','2020-01-01 00:00+00',null,'[]','null','{}',null),
(null,null,30,9223372036854775807,0,0,'NaN',0,'',null,'z',null,null,null,null,null,null,null,null,'{x}');
