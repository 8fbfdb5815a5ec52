#!/usr/bin/env bash
# Makes the certificates of 127.0.0.1 that the tests use, and their keys, which protect nothing:
#   server, client, stranger   self-signed, for a hundred years
#   authority                  an authority, for a hundred years
#   expired                    signed by authority, valid on 1 and 2 January 2020 only
set -euo pipefail
cd "$(dirname "$0")"
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
for name in server client stranger; do
  openssl req -x509 "${key[@]}" -keyout $name.key -out $name.crt -days 36500 -subj "/CN=$name" \
    -addext subjectAltName=IP:127.0.0.1
done
openssl req -x509 "${key[@]}" -keyout authority.key -out authority.crt -days 36500 -subj /CN=authority
openssl req "${key[@]}" -keyout expired.key -out expired.csr -subj /CN=expired
work=$(mktemp -d)
trap 'rm -rf "$work" expired.csr' EXIT
touch "$work/index"
cat >"$work/ca.conf" <<TXT
[ca]
default_ca = it
[it]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = IP:127.0.0.1
TXT
openssl ca -batch -notext -config "$work/ca.conf" -cert authority.crt -keyfile authority.key \
  -startdate 20200101000000Z -enddate 20200102000000Z -in expired.csr -out expired.crt
rm -f authority.key
