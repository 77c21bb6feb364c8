#!/bin/sh
# make_certs.sh: certificates for tests of https, in the current folder: NAME.pem and NAME.key.
#	ca	the CA of those below but one; other-ca	another CA
#	good	for 127.0.0.1 and localhost		elsewhere	for evil.example
#	old	as good, expired			stranger	as good, by other-ca
# and NAME.pin, what --pin takes.
set -eu
log=certs.log
trap '[ $? -eq 0 ] || cat "$log" >&2' EXIT
curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
cat >ca.cnf <<'END'
[ca]
default_ca = plain
[plain]
database = issued
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
END
: >issued
echo 01 >serial

authority() { # NAME
	# shellcheck disable=SC2086
	openssl req -x509 $curve -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1" 2>>$log
}

server() { # NAME CA ALTERNATIVE-NAMES [OPTION...]
	name=$1 ca=$2
	echo "subjectAltName=$3" >names
	shift 3
	# shellcheck disable=SC2086
	openssl req $curve -keyout "$name.key" -out request -subj "/CN=$name" 2>>$log
	openssl ca -batch -config ca.cnf -notext -cert "$ca.pem" -keyfile "$ca.key" \
		-extfile names -in request -out "$name.pem" "$@" 2>>$log
	openssl pkey -in "$name.key" -pubout -outform DER | openssl dgst -sha256 -binary | base64 |
		sed 's|^|sha256//|' >"$name.pin"
}

authority ca
authority other-ca
server good ca IP:127.0.0.1,DNS:localhost -days 2
server elsewhere ca DNS:evil.example -days 2
server old ca IP:127.0.0.1,DNS:localhost -startdate 20200101000000Z -enddate 20200201000000Z
server stranger other-ca IP:127.0.0.1,DNS:localhost -days 2
