#!/bin/sh
# Runs once, when PostgreSQL's volume is new: one role and one database each for hotich and for Prefect.
set -eu
make_role() {
  # psql quotes the secret itself (:'secret'): it may hold any character.
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set role="$1" --set secret="$(cat "/run/secrets/$1_db_password")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'secret';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
}
make_role hotich
make_role prefect
