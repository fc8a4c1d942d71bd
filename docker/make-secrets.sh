#!/bin/sh
# Makes the secrets that compose.yaml asks for, random, in docker/secrets. Never replaces one that is there.
# The folder is closed to other users of this machine; the files in it are readable, because each
# container runs under a user id of its own.
set -eu
folder=$(dirname "$0")/secrets
umask 022
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }
read_secret() { cat "$folder/$1"; }

keep postgres_password "$(random)"
keep hotich_db_password "$(random)"
keep prefect_db_password "$(random)"
keep s3_access_key "$(random)"
keep s3_secret_key "$(random)"
keep prefect_auth "hotich:$(random)"
keep database_url "postgresql://hotich:$(read_secret hotich_db_password)@postgres/hotich"
keep prefect_database_url "postgresql+asyncpg://prefect:$(read_secret prefect_db_password)@postgres/prefect"
keep s3_identities "{\"identities\": [{\"name\": \"hotich\", \"credentials\": [{\"accessKey\": \"$(read_secret s3_access_key)\", \"secretKey\": \"$(read_secret s3_secret_key)\"}], \"actions\": [\"Admin:hotich\", \"Read:hotich\", \"Write:hotich\", \"List:hotich\"]}]}"
echo "Bí mật nằm ở / the secrets are in: $folder"
