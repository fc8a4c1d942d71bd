#!/usr/bin/env bash
# Brings this machine to the point where hotich runs (or, with "dev", where its tests run): OS packages,
# a virtual environment, the Python packages of the lock file. Does only what is missing; needs root
# or sudo only when an OS package is missing. Run again, it is over in a moment.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-run} # run | dev
lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
stamp=.venv/.hotich-$kind

say() { printf '%s\n' "$*" >&2; }
stop() { say "hotich: $*"; exit 3; }

# A program or file that shows that a package is there, then the package.
need="tesseract|tesseract-ocr /usr/share/tesseract-ocr/5/tessdata/vie.traineddata|tesseract-ocr-vie"
need="$need /usr/share/tesseract-ocr/5/tessdata/osd.traineddata|tesseract-ocr-osd pdftoppm|poppler-utils"
if [ "$kind" = dev ]; then
  fonts=/usr/share/fonts/truetype
  need="$need qpdf|qpdf $fonts/croscore/Tinos-Regular.ttf|fonts-croscore $fonts/freefont/FreeSerif.ttf|fonts-freefont-ttf"
fi
# Any of them will do for the tests of the pages. The first is the same engine without a browser's own windows: the
# tests of the pages take half as long with it.
browsers="chromium-headless-shell chromium chromium-browser google-chrome"

is_there() { # a path, or a program
  case $1 in
    /*) [ -e "$1" ] || [ -n "$(find /usr/share/tesseract-ocr -name "$(basename "$1")" -print -quit 2>/dev/null)" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

install_os_packages() {
  missing=""
  for pair in $need; do
    is_there "${pair%%|*}" || missing="$missing ${pair##*|}"
  done
  "$python" -c 'import venv, ensurepip' 2>/dev/null || missing="$missing $(basename "$python")-venv"
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || stop "thiếu gói / missing packages:$missing"
  root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || stop "cần quyền root để cài / root is needed to install:$missing"
    root=sudo
  fi
  say "Cài gói hệ điều hành / installing OS packages:$missing"
  $root apt-get update -qq || say "apt-get update không xong, thử tiếp / failed, trying on"
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    stop "apt-get install$missing không thành công / failed"
}

has_browser() {
  for name in $browsers; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

install_browser() { # without one its tests say so and are left out; nothing else depends on it
  if command -v "${browsers%% *}" >/dev/null; then return 0; fi
  root=""
  if [ "$(id -u)" != 0 ]; then root=sudo; fi
  if has_browser && [ -n "$root" ]; then return 0; fi # a quicker one is not worth a password
  if command -v apt-get >/dev/null && { [ -z "$root" ] || command -v sudo >/dev/null; }; then
    say "Cài trình duyệt cho kiểm thử / installing a browser for the tests: chromium-headless-shell"
    patience="-o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
    # shellcheck disable=SC2086
    $root apt-get $patience update -qq || true
    for name in chromium-headless-shell chromium; do
      if [ "$name" = chromium ] && has_browser; then return 0; fi
      # shellcheck disable=SC2086
      $root env DEBIAN_FRONTEND=noninteractive apt-get $patience install -y -qq --no-install-recommends "$name" >/dev/null && return 0
    done
  fi
  has_browser || say "Không cài được chromium: bỏ qua kiểm thử trên trình duyệt / no browser: its tests are left out"
}

find_python() {
  for name in ${PYTHON:-python3.11 python3.12 python3}; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))'; then
      python=$(command -v "$name")
      return
    fi
  done
  stop "cần Python 3.11 hoặc 3.12 / Python 3.11 or 3.12 is needed"
}

install_python_packages() {
  if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    say "Tạo môi trường Python / making the virtual environment"
    "$python" -m venv .venv
  fi
  say "Cài các gói Python theo $lock / installing the Python packages of $lock"
  # uv first, by the hash in the development lock: pip 23 refuses a lock in which one package asks for an extra of
  # another that has a newer release, and takes minutes where uv takes seconds.
  if ! .venv/bin/python -c 'import uv' 2>/dev/null; then
    sed -n '/^uv==/,/^    # via/p' requirements-dev.lock >.venv/uv.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
  fi
  .venv/bin/python -m uv pip install --quiet --system-certs --python .venv/bin/python --require-hashes -r "$lock"
  # hotich itself: found where it lies, with its command in the environment.
  .venv/bin/python - "$PWD" <<'PY'
import pathlib, sys, sysconfig
root = sys.argv[1]
pathlib.Path(sysconfig.get_path("purelib"), "hotich-here.pth").write_text(root + "\n")
command = pathlib.Path(sysconfig.get_path("scripts"), "hotich")
command.write_text(f"#!{sys.executable}\nimport sys\nfrom hotich.cli import main\nsys.exit(main())\n")
command.chmod(0o755)
PY
}

[ -f "$lock" ] || stop "thiếu $lock; hãy chạy make lock / $lock is missing; run make lock"
want=$(cat "$lock" "$0" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && [ -x .venv/bin/python ]; then
  exit 0
fi
find_python
install_os_packages
if [ "$kind" = dev ]; then install_browser; fi
install_python_packages
.venv/bin/python -m compileall -q hotich flows service workers pipeline storage ocr_models || true
# What programs import is compiled now, not at each start: where nobody may write here later, or nothing compiled is to
# be written, a start would take twice as long for good.
say "Biên dịch trước / compiling what programs import"
env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -c '
import workers.reading_identity as identity
identity.reading_digest()
import hotich.preloaded, hotich.cli, prefect.cli, prefect.server.api.server, prefect.workers.process, service.app
' >/dev/null 2>&1 || true
if [ "$kind" = dev ]; then
  env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest -q --collect-only -p no:cacheprovider >/dev/null 2>&1 || true
fi
printf '%s\n' "$want" >"$stamp"
