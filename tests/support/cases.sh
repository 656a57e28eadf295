# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests that are scripts: each function case_NAME of a script is a CTest case, see
# packetdrop_script_test in tests/CMakeLists.txt. A script sources this first and ends with
#   run_case "$@"

here=$(dirname "$(readlink -f "$0")")
source_dir=$(readlink -f "$here/../..")
# shellcheck disable=SC2034 # for the scripts
build_dir=${PACKETDROP_BUILD:-$source_dir/build}
skipped=77 # what CTest takes for a skip

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# skip WHY: what this machine lacks and how to get it. Where CI runs, nothing may be lacking.
skip() {
  [[ ${CI:-} != true ]] || fail "$*"
  echo "skipped: $*"
  exit "$skipped"
}

# not_applicable WHY: what this kernel cannot do by nature, and which case does it.
not_applicable() {
  echo "not applicable here: $*"
  exit "$skipped"
}

# needs PROGRAM...: skips where one is missing.
needs() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "$program is missing: deploy/deps/install test image package"
  done
}

# equal WHAT HAVE WANT
equal() {
  [[ $2 == "$3" ]] || fail "$1: have $2, want $3"
}

# contains TEXT PART
contains() {
  [[ $1 == *"$2"* ]] || fail "this does not say \"$2\": $1"
}

# until_true SECONDS COMMAND...: waits for it.
until_true() {
  local end=$((SECONDS + $1 * ${PACKETDROP_TIMEOUT_FACTOR:-1})) # how many times slower this machine is
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "still not true: $*"
    sleep 0.1
  done
}

run_case() {
  declare -F "case_$1" >/dev/null || fail "no case $1; there are $(declare -F | sed -n 's/^declare -f case_//p' | xargs)"
  "case_$1"
}
