#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The image as a container: no capability, read-only root, our seccomp profile,
# user 65532; quickstart's walk against it; how fast it is ready and how little
# it holds.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "a container is made by root here"
archive=$built/one/image.oci.tar
[ -r "$archive" ] || fail "image_01-twice left no image"
verify=$built/one/affiant-verify
id=affiant-$$

# ---- the archive says what it says ------------------------------------------

layout=$scratch/layout
mkdir "$layout"
tar -C "$layout" -xf "$archive"
blob() { printf '%s/blobs/%s' "$layout" "${1/://}"; } # sha256:HEX
digest=$(jq -r '.manifests[0].digest' "$layout/index.json")
[ "$digest" = "$(cat "$built/one/digest.txt")" ] || fail "digest.txt"
for name in "$layout"/blobs/sha256/*; do
	[ "$(sha256sum <"$name" | cut -d' ' -f1)" = "${name##*/}" ] ||
		fail "blob ${name##*/} has another hash"
done
manifest=$(blob "$digest")
config=$(blob "$(jq -r .config.digest "$manifest")")
layer=$(blob "$(jq -r '.layers[0].digest' "$manifest")")
# Somebody else's idea of the digest.
if command -v skopeo >/dev/null; then
	[ "sha256:$(skopeo inspect --raw "oci-archive:$archive" | sha256sum |
		cut -d' ' -f1)" = "$digest" ] || fail "skopeo reads another digest"
	skopeo copy -q "oci-archive:$archive" \
		"docker-archive:$scratch/docker.tar:affiant:1" || fail "skopeo copy"
else
	echo "NOTE: no skopeo here to read the archive with"
fi
unpacked=$(gzip -dc "$layer" | wc -c)
[ "$unpacked" -le 12582912 ] || fail "the image has $unpacked bytes, above 12 MB"
[ "$(stat -c %s "$archive")" -le 6291456 ] ||
	fail "the archive has $(stat -c %s "$archive") bytes, above 6 MB"
echo "image: $unpacked bytes, compressed $(stat -c %s "$archive")"

# ---- the bundle -------------------------------------------------------------

bundle=$scratch/bundle
mkdir -p "$bundle/rootfs" "$scratch/etc"
tar -C "$bundle/rootfs" --numeric-owner -xpf <(gzip -dc "$layer")
[ -z "$(find "$bundle/rootfs" -perm /6000)" ] || fail "a set-uid file"
[ "$(cd "$bundle/rootfs" && find . -type f | sort | tr '\n' ' ')" = \
	"./etc/group ./etc/hosts ./etc/nsswitch.conf ./etc/passwd ./etc/ssl/certs/ca-certificates.crt ./usr/bin/affiantd " ] ||
	fail "the image has other files: $(cd "$bundle/rootfs" && find . -type f)"

exchange=$AFFIANT_BUILD/compose/demo/affiant-demo-exchange
mkdir "$scratch/demo"
"$exchange" --port 0 --dir "$scratch/demo" >"$scratch/exchange.out" \
	2>"$scratch/exchange.log" &
exchange_pid=$!
cleanup+=("kill $exchange_pid")
for _ in $(seq 200); do
	grep -q '^ready ' "$scratch/exchange.out" && break
	sleep 0.05
done
demo_port=$(sed -n 's|^ready https://127\.0\.0\.1:\([0-9]*\).*|\1|p' \
	"$scratch/exchange.out")
port=$((20000 + $$ % 20000))
base=http://127.0.0.1:$port
# One feed, of quickstart's configuration: the demo's. As many threads as our
# compose files give it: each holds 40 kB once it has worked.
sed -e "s|@LISTEN@|127.0.0.1:$port|" -e "s|@STATE@|/var/lib/affiant|" \
	-e "s|@DEMO_PORT@|$demo_port|g" -e "s|@DEMO_CA@|/etc/affiant/ca.pem|g" \
	"$AFFIANT_SOURCE/compose/quickstart.json.in" |
	jq --slurpfile ours "$AFFIANT_SOURCE/compose/config.container.json" '
			.feeds |= map(select(.path == "/demo/price")) |
			.http = $ours[0].http' \
		>"$scratch/etc/affiant.json"
cp "$scratch/demo/ca.pem" "$scratch/etc/"
chmod 755 "$scratch" "$scratch/etc"
chmod 644 "$scratch/etc"/*

# What the image says, in the words of a runtime; and what our compose files
# say: nothing but its own user, a profile, and two places to write.
jq -n --slurpfile image "$config" --arg etc "$scratch/etc" \
	--slurpfile seccomp "$AFFIANT_SOURCE/compose/seccomp.json" '
($image[0].config) as $c | ($c.User | split(":") | map(tonumber)) as $user |
{ ociVersion: "1.0.2", hostname: "affiant",
  root: { path: "rootfs", readonly: true },
  process: { terminal: false, user: { uid: $user[0], gid: $user[1] },
    args: ($c.Entrypoint + $c.Cmd), env: $c.Env, cwd: $c.WorkingDir,
    noNewPrivileges: true,
    capabilities: { bounding: [], effective: [], permitted: [],
      inheritable: [], ambient: [] },
    rlimits: [ { type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 } ] },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc",
      options: ["nosuid", "noexec", "nodev"] },
    { destination: "/dev", type: "tmpfs", source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { destination: "/etc/affiant", type: "bind", source: $etc,
      options: ["bind", "ro"] },
    { destination: "/var/lib/affiant", type: "tmpfs", source: "tmpfs",
      options: ["nosuid", "nodev", "noexec", "mode=700",
        "uid=\($user[0])", "gid=\($user[1])"] } ],
  linux: { namespaces: [ { type: "pid" }, { type: "mount" }, { type: "ipc" },
      { type: "uts" } ],
    maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
    readonlyPaths: ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq"],
    resources: { memory: { limit: 134217728 }, pids: { limit: 512 } },
    seccomp: $seccomp[0] } }' >"$bundle/config.json"

# ---- run --------------------------------------------------------------------

command -v crun >/dev/null || fail "crun is not installed (tests/run does)"
crun=(crun --root "$scratch/crun")
mkdir "$scratch/crun"
# A hybrid of both kinds of cgroups is more than crun takes: it is shown one,
# in a mount namespace of its own.
cat >"$scratch/runit" <<'EOT'
umount /sys/fs/cgroup/unified 2>/dev/null || true
exec "$@"
EOT
run_by() { # MANAGER: in the background; its log in $log
	log=$scratch/container.log
	unshare -m sh "$scratch/runit" "${crun[@]}" --cgroup-manager="$1" \
		run -b "$bundle" "$id" >"$log" 2>&1 </dev/null &
	runner=$!
}
get() { curl -fsS -m 10 "$base$1"; }
ready() { curl -fsS -m 1 -o /dev/null "$base/readyz" 2>/dev/null; }
# Milliseconds from `crun run` to readyz, in $took.
start() {
	local from
	from=$(date +%s%3N)
	run_by "$manager"
	until ready; do
		kill -0 $runner 2>/dev/null || return 1
		[ $(($(date +%s%3N) - from)) -lt 20000 ] || return 1
	done
	took=$(($(date +%s%3N) - from))
}
stop() {
	"${crun[@]}" kill "$id" TERM
	stopped=0
	wait $runner || stopped=$?
	"${crun[@]}" delete -f "$id" 2>/dev/null || true
}
cleanup+=("${crun[*]} delete -f $id")

manager=cgroupfs
if ! start; then
	"${crun[@]}" delete -f "$id" 2>/dev/null || true
	echo "NOTE: no memory and pid limits on this machine: $(head -c 300 "$log")"
	manager=disabled
	start || {
		cat "$log"
		# Only where the kernel does not let root make a container at all.
		unshare -mpi true 2>/dev/null ||
			skip "root may not make namespaces on this machine"
		fail "the container does not get ready"
	}
fi
pid=$("${crun[@]}" state "$id" | jq -r .pid)

# What keeps it in.
status() { awk -v k="$1:" '$1 == k { print $2 }' "/proc/$pid/status"; }
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	[ "$(status $set)" = 0000000000000000 ] || fail "$set is $(status $set)"
done
[ "$(status NoNewPrivs)" = 1 ] || fail "new privileges"
[ "$(status Seccomp)" = 2 ] || fail "no seccomp profile"
[ "$(status Uid)$(status Gid)" = 6553265532 ] || fail "user $(status Uid)"
awk '$5 == "/" { exit !($6 ~ /^ro/) }' "/proc/$pid/mountinfo" ||
	fail "the root can be written"
if [ "$manager" != disabled ]; then
	one=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$pid/cgroup)/memory.max
	many=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' \
		/proc/$pid/cgroup)/memory.limit_in_bytes
	[ "$(cat "$many" 2>/dev/null || cat "$one" 2>/dev/null)" = 134217728 ] ||
		fail "crun took the memory limit and did not set it"
	echo "memory and pids are limited"
fi

# The health check of the image, by the program in it.
"${crun[@]}" exec --user "$(jq -r .config.User "$config")" "$id" $(jq -r '.config.Healthcheck.Test[1:] | join(" ")' \
	"$config") | grep -qx '/healthz: ok' || fail "the image's health check"

# ---- quickstart's walk ------------------------------------------------------

get '/demo/price?evidence=full' >"$scratch/price.json" || fail "no price"
"$verify" policy "$scratch/price.json" >"$scratch/policy.json"
"$verify" --allow-simulated --policy "$scratch/policy.json" \
	"$scratch/price.json" >"$scratch/verdict" || {
	cat "$scratch/verdict"
	fail "the verifier does not accept the price"
}
get '/demo/price?nonce=c0ffee&evidence=full' >"$scratch/nonce.json"
"$verify" --allow-simulated --policy "$scratch/policy.json" --nonce c0ffee \
	"$scratch/nonce.json" >/dev/null || fail "a nonce of one's own"
get / >/dev/null || fail "the page"
get /metrics >/dev/null || fail "metrics"
# Another nonce than was asked for is refused: the walk can say no.
rc=0
"$verify" --allow-simulated --policy "$scratch/policy.json" --nonce c0ffef \
	"$scratch/nonce.json" >/dev/null || rc=$?
[ $rc -eq 1 ] || fail "a wrong nonce: exit $rc"

for _ in $(seq 200); do get /demo/price >/dev/null; done
resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
[ "$resident" -le 12288 ] || fail "resident: $resident kB, above 12 MB"

stop
[ $stopped -eq 0 ] || { cat "$log"; fail "it stopped with $stopped"; }

best=$took
for _ in 1 2 3 4; do
	start || { cat "$log"; fail "it does not start again"; }
	[ "$took" -ge "$best" ] || best=$took
	stop
done
[ "$best" -lt 300 ] || fail "ready after $best ms at best, want less than 300"
echo "resident $resident kB; from crun run to readyz $best ms (best of five)"
