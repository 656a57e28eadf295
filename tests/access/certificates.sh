# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# An authority, and certificates that it signed: server, client; and one that another one signed:
# stranger.

# make_certificates FOLDER
make_certificates() {
  local name
  for name in ca other; do
    new_certificate "$1" $name -x509 -days 2
  done
  for name in server client stranger; do
    new_certificate "$1" $name
    sign "$1" $name "$([[ $name == stranger ]] && echo other || echo ca)"
  done
}

# P-256: made in a moment.
new_certificate() {
  local folder=$1 name=$2 kind=crt
  shift 2
  [[ $* == *-x509* ]] || kind=csr
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" "$@" \
    -keyout "$folder/$name.key" -out "$folder/$name.$kind" 2>/dev/null
}

sign() {
  openssl x509 -req -in "$1/$2.csr" -CA "$1/$3.crt" -CAkey "$1/$3.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=DNS:localhost,DNS:$2.example,IP:127.0.0.1,IP:::1,IP:10.79.1.1") \
    -out "$1/$2.crt" 2>/dev/null
}
