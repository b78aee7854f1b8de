# SPDX-License-Identifier: Apache-2.0
# Sourced by the stories: a scratch folder, the programs, the demo exchange and
# an oracle on free ports, and their end.
set -euo pipefail
: "${AFFIANT_BUILD:?the build folder}" "${AFFIANT_SOURCE:?the source folder}"
affiantd=$AFFIANT_BUILD/oracle/affiantd
verify=$AFFIANT_BUILD/verify/affiant-verify
exchange=$AFFIANT_BUILD/compose/demo/affiant-demo-exchange
unset AFFIANT_SIMULATE
export LC_ALL=C

scratch=$(mktemp -d)
started=()
end() {
	local rc=$?
	trap - EXIT
	# Only what this story started, by its id.
	for pid in "${started[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	rm -rf "$scratch"
	exit $rc
}
trap end EXIT

fail() {
	echo "FAIL: $*"
	for log in "$scratch"/*.log; do
		[ -s "$log" ] && echo "-- ${log##*/}" && tail -n 15 "$log"
	done
	exit 1
}

# within SECONDS WHAT COMMAND...: until the command succeeds.
within() {
	local seconds=$1 what=$2 i
	shift 2
	for ((i = 0; i < seconds * 20; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	fail "$what did not happen within $seconds s"
}

# refused CODE TEXT COMMAND...: leaves with this code and says this.
refused() {
	local code=$1 text=$2 rc=0
	shift 2
	"$@" >"$scratch/refused.out" 2>&1 </dev/null || rc=$?
	[ $rc -eq "$code" ] || {
		cat "$scratch/refused.out"
		fail "$*: exit $rc, want $code"
	}
	grep -qF -- "$text" "$scratch/refused.out" || {
		cat "$scratch/refused.out"
		fail "$*: does not say '$text'"
	}
}

# ---- the demo exchange ------------------------------------------------------

# start_exchange [OPTION...]: at $exchange_port, its CA in $ca.
start_exchange() {
	mkdir -p "$scratch/demo"
	"$exchange" --port 0 --dir "$scratch/demo" "$@" >"$scratch/exchange.out" \
		2>"$scratch/exchange.log" &
	started+=($!)
	within 10 "the demo exchange" grep -q '^ready ' "$scratch/exchange.out"
	exchange_port=$(sed -n 's|^ready https://127\.0\.0\.1:\([0-9]*\) .*|\1|p' \
		"$scratch/exchange.out")
	ca=$scratch/demo/ca.pem
}

# misbehave NAME MODE: for example coinbase slow; "none" behaves again.
misbehave() {
	curl -fsS -m 5 --cacert "$ca" -X POST -o "$scratch/misbehave.out" \
		"https://demo.localhost:$exchange_port/_demo/misbehave?host=$1.demo.localhost&mode=$2" ||
		fail "the exchange does not take $1 $2"
}

# ---- configurations ---------------------------------------------------------

# base_config FILE: one feed of three sources of the demo exchange, in quick
# rounds, on a free port. Needs start_exchange.
base_config() {
	jq -n --arg ca "$ca" --arg state "$scratch/state" \
		--arg port "$exchange_port" '
	def at(host; path): "https://\(host).demo.localhost:\($port)\(path)";
	{ listen: "127.0.0.1:0", state_dir: $state, ca_file: $ca,
	  attest: { provider: "simulator", simulate: "tdx" },
	  feeds: [ { id: "BTC/USD", path: "/price", interval_ms: 200,
	    aggregate: { method: "median", min_sources: 2,
	      max_deviation_bps: 200, max_age_ms: 2000 },
	    sources: [
	      { url: at("coinbase"; "/products/BTC-USD/ticker"), pick: "/price",
	        allow_private: true, timeout_ms: 1000 },
	      { url: at("kraken"; "/0/public/Ticker?pair=XBTUSD"),
	        pick: "/result/XXBTZUSD/c/0", allow_private: true, timeout_ms: 1000 },
	      { url: at("gemini"; "/v1/pubticker/btcusd"), pick: "/last",
	        allow_private: true, timeout_ms: 1000 } ] } ] }' >"$1"
}

# config_with FILE FILTER: a changed copy of the base, by jq.
config_with() {
	base_config "$scratch/base.json"
	jq "$2" "$scratch/base.json" >"$1"
}

# ---- the oracle -------------------------------------------------------------

# start_oracle CONFIG: $oracle is its id, $base its address, $log its log.
start_oracle() {
	log=$scratch/oracle-${#started[@]}.log
	"$affiantd" serve --config "$1" 2>"$log" &
	oracle=$!
	started+=($oracle)
	within 10 "the oracle's start" grep -q '"event":"start"' "$log"
	base=http://127.0.0.1:$(sed -n \
		's/.*"event":"start".*"port":\([0-9]*\),.*/\1/p' "$log")
}

# stop_oracle [SIGNAL]: its exit code in $stopped, its time in $stop_ms.
stop_oracle() {
	local from
	from=$(date +%s%3N)
	kill -"${1:-TERM}" "$oracle"
	stopped=0
	wait "$oracle" 2>/dev/null || stopped=$?
	stop_ms=$(($(date +%s%3N) - from))
}

get() { curl -fsS -m 10 "$base$1"; }
code_of() { curl -sS -m 10 -o "$scratch/body.out" -w '%{http_code}' "$base$1"; }
answers() { [ "$(code_of "$1")" = "$2" ]; }

# ---- a dstack guest agent ---------------------------------------------------

# start_agent [OPTION...]: the stand-in, at $agent_socket; its id in $agent.
start_agent() {
	# A file of its own: the last agent's would be read before it is emptied.
	local out=$scratch/agent-${#started[@]}.out
	agent_socket=$scratch/dstack.sock
	"$affiantd" simulate-agent --socket "$agent_socket" "$@" \
		>"$out" 2>"${out%.out}.log" &
	agent=$!
	started+=($agent)
	within 10 "the stand-in agent" grep -q '^ready ' "$out"
	kms_root=$(sed -n 's/.*kms-root=\([0-9a-f]*\).*/\1/p' "$out")
	app_id=$(sed -n 's/.*app-id=\([0-9a-f]*\).*/\1/p' "$out")
}

# dstack_config FILE [FILTER]: the base on provider dstack at that socket.
dstack_config() {
	config_with "$1" ".attest = { provider: \"dstack\",
		socket: \"$scratch/dstack.sock\", timeout_ms: 1000 } | ${2:-.}"
}
