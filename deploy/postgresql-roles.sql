-- Two roles for PostgreSQL: one owns the tables and migrates, one serves and is bound by
-- row-level security. Run once as superuser, in the empty database; give both a password.
--   psql igny8 -f deploy/postgresql-roles.sql
CREATE ROLE igny8_owner LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE igny8_app LOGIN NOSUPERUSER NOBYPASSRLS;
GRANT USAGE, CREATE ON SCHEMA public TO igny8_owner;
GRANT USAGE ON SCHEMA public TO igny8_app;
ALTER DEFAULT PRIVILEGES FOR ROLE igny8_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO igny8_app;
