#!/bin/sh
# Prefect reads its secrets only from the environment: NAME_FILE=/run/secrets/x becomes NAME here, so that no
# secret stands in the compose file or in the container's configuration. hotich reads its own *_FILE settings.
set -eu
for name in PREFECT_SERVER_DATABASE_CONNECTION_URL PREFECT_SERVER_API_AUTH_STRING PREFECT_API_AUTH_STRING; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    [ -r "$file" ] || { echo "hotich: $file không đọc được / cannot be read" >&2; exit 3; }
    value=$(cat "$file")
    [ -n "$value" ] || { echo "hotich: $file trống / is empty" >&2; exit 3; }
    export "$name=$value"
    unset "${name}_FILE"
  fi
done
exec "$@"
