-- Objects whose dump is hard to cut: quotes of every kind, bodies with semicolons, names that look like
-- something else. Loaded into an empty database of PostgreSQL 14 or newer.
CREATE SCHEMA app;
CREATE SCHEMA "Odd ""; -- schema";
CREATE TYPE app.mood AS ENUM ('sad', 'it''s; ok', 'back\slash');
CREATE DOMAIN app.price AS numeric(10,2) CHECK (VALUE >= 0);
CREATE TYPE app.pair AS (a int, b text);
CREATE TYPE app.span AS RANGE (subtype = float8);
CREATE TABLE app.customers (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL DEFAULT E'a\'\\;\n',
  mood app.mood DEFAULT 'it''s; ok',
  properties jsonb,
  picture bytea,
  since timestamptz DEFAULT '2024-03-01 01:30:00+02',
  weight float8,
  doubled float8 GENERATED ALWAYS AS (weight * 2) STORED
);
INSERT INTO app.customers (name, properties, picture, weight)
  SELECT 'n' || i || E'\t\\.\n;''"$$\\', jsonb_build_object('a', i, 'b', '--'), decode(md5(i::text), 'hex'), i / 7.0
  FROM generate_series(1, 1000) i;
INSERT INTO app.customers (name) VALUES ('\.'), (''), ('\N'), (E'\\\\\r\n'), ('-- PostgreSQL database dump complete');
CREATE TABLE app.orders (id bigserial PRIMARY KEY, customer int REFERENCES app.customers (id), amount app.price,
  pairs app.pair[], EXCLUDE USING gist (int8range(id, id, '[]') WITH &&));
INSERT INTO app.orders (customer, amount, pairs)
  SELECT 1 + i % 1000, i, ARRAY[(i, E'x;\'"')::app.pair] FROM generate_series(1, 2000) i;
CREATE TABLE "Odd ""; -- schema"."table; $$ /* " ("col; ""x""" text, "\" int, "select" text);
INSERT INTO "Odd ""; -- schema"."table; $$ /* " VALUES ('a', 1, NULL);
CREATE TABLE app.no_columns ();
INSERT INTO app.no_columns DEFAULT VALUES;
CREATE TABLE app.parts (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES FROM (0) TO (100);
CREATE TABLE app.parts_rest PARTITION OF app.parts DEFAULT;
CREATE INDEX parts_a ON app.parts (a);
INSERT INTO app.parts SELECT i, 'p' FROM generate_series(0, 199) i;
CREATE TABLE app.child (c text) INHERITS (app.customers);
CREATE INDEX ON app.customers (lower(name)) WHERE name <> ';';
CREATE STATISTICS app.both_columns ON name, mood FROM app.customers;
ALTER TABLE app.customers CLUSTER ON customers_pkey;
CREATE FUNCTION app.quoted(int) RETURNS text LANGUAGE plpgsql AS $fn$ BEGIN RETURN 'a;b$$;' || $1 || $x$;$x$; END $fn$;
CREATE FUNCTION app.atomic(a int) RETURNS int LANGUAGE sql
  BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 ELSE (SELECT CASE a WHEN 0 THEN 2 END) END; SELECT 3; END;
CREATE PROCEDURE app.end_it() LANGUAGE sql AS $$ SELECT ';'; $$;
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "trigger; x" BEFORE INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE RULE two_actions AS ON DELETE TO app.orders DO ALSO
  (INSERT INTO app.no_columns DEFAULT VALUES; DELETE FROM app.no_columns;);
CREATE OPERATOR app.@#@ (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int);
CREATE AGGREGATE app.total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE COLLATION app.bytes (provider = libc, locale = 'C');
CREATE VIEW app.overview AS SELECT c.name, (ARRAY[1, 2, 3])[1:2] AS slice, ';' AS semicolon FROM app.customers c;
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) FROM app.overview;
CREATE MATERIALIZED VIEW app.kept_again AS SELECT * FROM app.kept;
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY "po;licy" ON app.orders USING (amount > 0);
COMMENT ON TABLE app.customers IS E'multi\nline ; comment '' \\';
COMMENT ON COLUMN app.customers.name IS '-- Name: x; Type: TABLE; Schema: y; Owner: z';
COMMENT ON FUNCTION app.quoted(int) IS $$\! touch marker$$;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
GRANT SELECT ON app.customers TO PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO pg_monitor;
CREATE PUBLICATION everything FOR TABLE app.customers;
SELECT lo_from_bytea(0, decode(repeat('ab', 5000), 'hex'));
SELECT lo_create(0);
SELECT setval('app.orders_id_seq', 4711);
CREATE FUNCTION app.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watcher ON ddl_command_start EXECUTE FUNCTION app.watch();
