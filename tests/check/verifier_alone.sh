#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The verifier is alone: the program links no network, the library no clock, no
# files and no environment either, and exports affiant_* only.
#
#   verifier_alone.sh AFFIANT_VERIFY LIBAFFIANT_VERIFY
set -u
program=$1 library=$2
failed=0

undefined() { nm -D --undefined-only "$1" | awk '{ sub(/@.*/, "", $NF); print $NF }'; }

refuse() { # FILE WHY REGEX
	local found
	found=$(undefined "$1" | grep -xE "$3")
	[ -z "$found" ] && return
	echo "${1##*/} $2:" $found
	failed=1
}

for file in "$program" "$library"; do
	[ -n "$(undefined "$file")" ] || { echo "$file: nm sees nothing"; exit 1; }
	refuse "$file" "reaches for the network" \
		'curl_.*|mg_.*|socket|connect|bind|listen|accept4?|getaddrinfo|gethostby.*|send(to|msg)?|recv(from|msg)?|SSL_.*|BIO_.*connect.*'
	refuse "$file" "starts programs" 'fork|vfork|exec.*|posix_spawn.*|system|popen'
done
refuse "$library" "asks the clock" \
	'time|clock|clock_gettime|gettimeofday|timespec_get|localtime.*|gmtime.*|X509_cmp_current_time'
refuse "$library" "touches files" \
	'f?open(64|at|at64)?|creat|read|pread.*|f?write|fread|stat|lstat|fstat.*|access|unlink|rename|mkdir'
refuse "$library" "prints" 'puts|printf|fprintf|v?dprintf|perror|syslog|stdout|stderr'
refuse "$library" "reads its environment" 'getenv|secure_getenv|environ'

exported=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $NF }' |
	sed 's/@.*//' | grep -vE '^affiant_')
if [ -n "$exported" ]; then
	echo "${library##*/} exports more than affiant_*:" $exported
	failed=1
fi
[ "$(nm -D --defined-only "$library" | grep -c ' T affiant_')" -ge 8 ] || {
	echo "${library##*/} exports too little"
	failed=1
}
[ "$failed" = 0 ] && echo "the verifier is alone"
exit "$failed"
