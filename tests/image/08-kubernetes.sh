#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manifests against the schemas of Kubernetes, strictly: no member that it
# does not know.
. "$(dirname "$0")/lib.sh"
cd "$AFFIANT_SOURCE"
python3 -m venv "$scratch/venv" >/dev/null 2>&1 || skip "no Python venv here"
"$scratch/venv/bin/pip" install -q --disable-pip-version-check \
	-r tests/image/requirements.txt >"$scratch/pip.log" 2>&1 || {
	tail -n 2 "$scratch/pip.log"
	skip "the schema validator cannot be installed"
}
validate() { "$scratch/venv/bin/kubernetes-validate" --strict -k "$1" "$2"; }
manifest=compose/kubernetes/affiant.yaml
for version in 1.30 1.37; do
	validate $version $manifest || fail "Kubernetes $version refuses it"
done
# It can say no.
sed 's/minAvailable: 2/minAvailable: [2]/' $manifest >"$scratch/bad.yaml"
! validate 1.30 "$scratch/bad.yaml" >/dev/null 2>&1 || fail "a list is a number"
sed 's/runAsNonRoot/runsAsNonRoot/' $manifest >"$scratch/bad.yaml"
! validate 1.30 "$scratch/bad.yaml" >/dev/null 2>&1 || fail "a misspelt member"
