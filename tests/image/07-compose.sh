#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The compose files and the manifests: their configurations are ones that the
# daemon takes, what runs is shut in and named by its digest, and dstack's
# app-compose is the same bytes each time and hashes to what the verifier says.
. "$(dirname "$0")/lib.sh"
cd "$AFFIANT_SOURCE"
affiantd=$AFFIANT_BUILD/oracle/affiantd
verify=$AFFIANT_BUILD/verify/affiant-verify
digest=sha256:$(printf affiant | sha256sum | cut -d' ' -f1)

# yaml FILE FILTER [KIND]: a YAML file by jq; of many documents the one of a kind.
yaml() {
	python3 -c 'import json, sys, yaml
for d in yaml.safe_load_all(open(sys.argv[1])):
    if len(sys.argv) == 2 or d["kind"] == sys.argv[2]: print(json.dumps(d))' \
		"$1" ${3:+"$3"} | jq -e "$2"
}

# ---- for Docker -------------------------------------------------------------

"$affiantd" check --config compose/config.container.json >/dev/null ||
	fail "config.container.json"
shut_in='.services.oracle | .read_only and .cap_drop == ["ALL"] and
	(.security_opt | index("no-new-privileges:true")) != null and
	(.security_opt | map(select(startswith("seccomp:"))) | length) == 1 and
	.mem_limit != null and .pids_limit != null and .privileged == null'
for file in compose/docker-compose.yaml compose/replicas/docker-compose.yaml; do
	yaml "$file" "$shut_in" >/dev/null || fail "$file: not shut in"
	for path in $(yaml "$file" '.services.oracle.security_opt[]' |
		sed -n 's/^"seccomp:\(.*\)"$/\1/p') \
		$(yaml "$file" '.services[].volumes[]?' |
			sed -n 's/^"\(\.[^:]*\):.*/\1/p'); do
		[ -r "$(dirname "$file")/$path" ] || fail "$file: there is no $path"
	done
done
yaml compose/docker-compose.yaml '.services.oracle.image' |
	grep -qxF "\"affiant:$(. compose/image/lib.sh && version)\"" ||
	fail "docker-compose.yaml names another version"
yaml compose/replicas/docker-compose.yaml '.services.oracle |
	.deploy.replicas > 1 and (.image | startswith("${AFFIANT_IMAGE:?"))' \
	>/dev/null || fail "replicas"
jq -e '.defaultAction == "SCMP_ACT_ERRNO" and
	([.syscalls[].names[]] | unique | length) ==
		([.syscalls[].names[]] | length) and
	([.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]] |
		index("ptrace", "mount", "unshare", "setns", "bpf", "keyctl",
			"userfaultfd", "io_uring_setup", "perf_event_open")) == null' \
	compose/seccomp.json >/dev/null || fail "seccomp.json"

# ---- for dstack -------------------------------------------------------------

app() { compose/app-compose --config compose/config.live.json "$@"; }
app --image "example.org/affiant@$digest" >"$scratch/app.json"
(umask 077 && cd / && TZ=Pacific/Kiritimati "$AFFIANT_SOURCE/compose/app-compose" \
	--config "$AFFIANT_SOURCE/compose/config.live.json" \
	--image "example.org/affiant@$digest") >"$scratch/again.json"
cmp "$scratch/app.json" "$scratch/again.json" || fail "another app-compose"
hash=$(app --image "example.org/affiant@$digest" --hash)
"$verify" compose-hash --json "$scratch/app.json" | jq -e --arg h "$hash" '
	.composeHash == $h and .normalizedHash == $h' >/dev/null ||
	fail "the verifier reads another hash"
jq -r .docker_compose_file "$scratch/app.json" >"$scratch/app.yaml"
yaml "$scratch/app.yaml" '.services.oracle | .cap_drop == ["ALL"] and
	(.volumes | index("/var/run/dstack.sock:/var/run/dstack.sock")) != null' \
	>/dev/null || fail "the compose file in it"
# The configuration comes out of it as it went in, dollars and all.
jq '.feeds[0].sources[0].headers = { "X-Key": "${KEY} \u00e9 \"'"'"'#: |" }' \
	compose/config.live.json >"$scratch/odd.json"
compose/app-compose --config "$scratch/odd.json" --image "a@$digest" |
	jq -r .docker_compose_file >"$scratch/odd.yaml"
yaml "$scratch/odd.yaml" '.configs.affiant.content |
	gsub("\\$\\$"; "$") | fromjson' | cmp - <(jq . "$scratch/odd.json") ||
	fail "another configuration"
for bad in affiant affiant:0.1.0 affiant:latest "affiant@sha256:${digest:7:63}" \
	"affiant@${digest^^}" "affiant@$digest "; do
	refused "is whatever its registry says today" app --image "$bad"
done
refused "letters, digits" app --image "a@$digest" --name 'a"b'

# ---- for Kubernetes ---------------------------------------------------------

manifest=compose/kubernetes/affiant.yaml
yaml "$manifest" '.data["affiant.json"]' ConfigMap |
	jq -r . >"$scratch/kubernetes.json"
"$affiantd" check --config "$scratch/kubernetes.json" >/dev/null ||
	fail "the ConfigMap's configuration"
yaml "$manifest" '.spec.template.spec | .runtimeClassName != null and
	.automountServiceAccountToken == false and
	.securityContext.runAsUser == 65532 and (.containers[0] |
		.image == "affiant@DIGEST" and .livenessProbe != null and
		.readinessProbe.httpGet.path == "/readyz" and
		.securityContext.readOnlyRootFilesystem and
		.securityContext.capabilities.drop == ["ALL"])' StatefulSet \
	>/dev/null || fail "the StatefulSet"
[ "$(yaml "$manifest" .spec.replicas StatefulSet)" -gt \
	"$(yaml "$manifest" .spec.minAvailable PodDisruptionBudget)" ] || fail "a drain of nodes would never end"
echo "compose files and manifests hold"
