# Sourced by test: the checks, and the real parts the tests talk to, started here and ended here by their process ids.
# shellcheck shell=bash disable=SC2154

test_packages=(busybox-static debootstrap docker-registry docker.io iproute2 iptables procps tesseract-ocr xdotool xvfb)

scratch= xvfb_pid= dockerd_pid= bridge=

failed=() status=0

check() { "$@" || failed+=("$*"); }

# run_tests [ARGUMENT...]: sets `status`. A person's own choice runs as it is; everything runs in a process per core,
# but for what shares one engine and one screen.
run_tests() {
  local slow="docker or x11"
  if (($#)); then
    run_pytest ${fast:+-m "not ($slow)"} "$@"
    return
  fi
  run_pytest -n auto --dist worksteal -m "not ($slow)"
  if [[ ! $fast ]] && ((status < 2)); then # 2: interrupted, or there are tests that cannot be read
    ((status == 0)) || failed+=("tests without Docker and X server")
    run_pytest -m "$slow"
  fi
}

# run_pytest ARGUMENT...: names at its end what failed until now.
run_pytest() {
  LABDESK_FAILED_CHECKS=$(IFS=,; echo "${failed[*]-}") \
    python -m pytest -p tests.no_skips -o "cache_dir=$cache/pytest" "$@" || status=$?
}

# start_x_server: a screen of its own on a free display; sets DISPLAY.
start_x_server() {
  local display
  mkfifo "$scratch/display"
  Xvfb -displayfd 3 -screen 0 2560x1440x24 -nolisten tcp 3>"$scratch/display" >"$scratch/xvfb.log" 2>&1 &
  xvfb_pid=$!
  read -r -t 30 display <"$scratch/display" || fail "Xvfb did not start: $(tail -n1 "$scratch/xvfb.log")"
  export DISPLAY=:$display
}

engine_answers() {
  python - "$1" <<'END' 2>"$scratch/engine.log"
import sys, time, docker

deadline = time.monotonic() + float(sys.argv[1])
while True:
    try:
        docker.from_env(timeout=10).ping()
        break
    except Exception as error:
        if time.monotonic() > deadline:
            sys.exit(str(error))
        time.sleep(0.2)
END
}

# ensure_engine: uses the engine that answers (DOCKER_HOST or the usual socket), else starts a private one.
ensure_engine() {
  engine_answers 0 && return
  ((EUID == 0)) || fail "no Docker engine answers ($(tail -n1 "$scratch/engine.log")); start one, or run packaging/test --fast"
  # A bridge of our own: with the usual docker0, or without any, this engine would take away another one's.
  bridge=labdesk$$
  ip link add name "$bridge" type bridge || fail "the private Docker engine needs a network bridge, which this machine refuses"
  dockerd --data-root "$scratch/docker" --exec-root "$scratch/exec" --pidfile "$scratch/docker.pid" \
    --host "unix://$scratch/docker.sock" --bridge "$bridge" >"$scratch/dockerd.log" 2>&1 &
  dockerd_pid=$!
  export DOCKER_HOST=unix://$scratch/docker.sock
  engine_answers 60 || fail "the private Docker engine did not start: $(grep -E 'level=(error|fatal)|^failed' "$scratch/dockerd.log" | tail -n1)"
}

# end_process PID: asks, and insists after 30 s.
end_process() {
  local waited=0
  kill "$1" 2>/dev/null || return 0
  while kill -0 "$1" 2>/dev/null; do
    ((waited++ < 300)) || kill -KILL "$1"
    sleep 0.1
  done
  wait "$1" 2>/dev/null || true
}

# clean_up: runs at every exit; quiet, so that pytest has the last word.
clean_up() {
  local status=$? mount rule
  trap '' INT TERM
  [[ $dockerd_pid ]] && remove_networks
  [[ $dockerd_pid ]] && end_process "$dockerd_pid"
  [[ $xvfb_pid ]] && end_process "$xvfb_pid"
  if [[ $bridge ]]; then
    ip link delete "$bridge" 2>/dev/null
    for table in filter nat; do
      while read -r rule; do
        # shellcheck disable=SC2086
        iptables -t "$table" -D ${rule#-A }
      done < <(iptables -t "$table" -S 2>/dev/null | grep -w -- "$bridge")
    done
  fi
  if [[ $scratch ]]; then
    while read -r mount; do umount -l "$mount"; done < <(awk -v under="$scratch/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r)
    rm -rf --one-file-system "$scratch"
  fi
  exit "$status"
} 2>/dev/null

# The engine forgets its networks' bridges when it ends; so they go first.
remove_networks() {
  python - <<'END'
import docker

engine = docker.from_env(timeout=30)
for container in engine.containers.list(all=True, ignore_removed=True):
    container.remove(force=True, v=True)
engine.networks.prune()
END
} 2>/dev/null
