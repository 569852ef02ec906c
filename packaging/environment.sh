# Sourced by run and test: the Python environment (outside the checkout) and Debian packages where they are needed.
# shellcheck shell=bash

checkout=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/labdesk
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # a user's PATH may lack them; dockerd and iptables live there

pythons=(python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3)

# What PySide6 links or loads and its wheels do not bring. libglib2.0-bin stands for the library below it, whose package
# has another name in every other release; fonts-inter is the window's typeface.
qt_packages=(
  fonts-inter libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-bin libwayland-cursor0 libwayland-egl1
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0
)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# install_packages PURPOSE NAME...: installs what is missing; fails with a sentence where that is not possible.
install_packages() {
  local purpose=$1 log name
  local -A installed=()
  local -a missing=()
  shift
  command -v dpkg-query >/dev/null || return 0 # not Debian: its own packages have other names
  while read -r name; do installed[$name]=1; done \
    < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
  for name; do [[ ${installed[$name]:-} ]] || missing+=("$name"); done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || fail "$purpose needs the packages ${missing[*]}; install them as root: apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    fail "apt-get could not install ${missing[*]} ($(grep -m1 '^E:' "$log" || tail -n1 "$log")); the whole output is in $log"
  fi
  rm -f "$log"
}

# find_python: sets `python` to an interpreter of 3.11 or newer and `python_version` to its version.
find_python() {
  local name attempt
  for attempt in 1 2; do
    for name in "${pythons[@]}"; do
      python_version=$("$name" -I -c 'import sys
sys.version_info >= (3, 11) and print(sys.executable, *sys.version_info[:3], sep="\n")' 2>/dev/null) || continue
      [[ $python_version ]] || continue
      python=${python_version%%$'\n'*}
      python_version=${python_version#*$'\n'}
      return
    done
    ((attempt == 1 && EUID == 0)) && command -v apt-get >/dev/null || break
    install_packages "LabDesk" python3 python3-venv
  done
  fail "LabDesk needs Python 3.11 or newer; install python3 and python3-venv (on Debian 12 or later: apt-get install python3-venv)"
}

# name_environment: sets `venv` by what decides its content, so that a changed pyproject.toml or Python gets a new one
# and none is ever mended. The checkout is part of it because the environment runs that checkout's code.
name_environment() {
  local key
  key=$({
    cat "$checkout/pyproject.toml"
    printf '%s\n' "$checkout" "$python" "$python_version"
  } | sha256sum)
  venv=$cache/venv-${key:0:16}
}

# ensure_environment [EXTRA]: sets `venv` to an environment that runs this checkout's code, made if need be.
ensure_environment() {
  local extra=${1:-} stamp log
  find_python
  name_environment
  stamp=$venv/.ready${extra:+-$extra}
  [[ -e $stamp ]] && return
  mkdir -p "$cache" || fail "$cache cannot be made; set XDG_CACHE_HOME to a folder that can be written"
  exec 9>"$venv.lock"
  flock 9
  if [[ ! -e $stamp ]]; then
    say "preparing the environment in $venv (this once)"
    [[ -e $venv/.ready || -e $venv/.ready-test ]] || make_venv
    log=$(mktemp)
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \
      --editable "$checkout${extra:+[$extra]}" >"$log" 2>&1 ||
      fail "pip could not install LabDesk ($(grep -m1 '^ERROR' "$log" || tail -n1 "$log")); the whole output is in $log"
    rm -f "$log"
    touch "$stamp"
  fi
  exec 9>&-
}

make_venv() {
  rm -rf "$venv"
  if ! "$python" -I -c 'import ensurepip, venv' 2>/dev/null; then
    ((EUID == 0)) || fail "Python's venv module is missing; install it as root: apt-get install python3-venv"
    install_packages "LabDesk" python3-venv
  fi
  "$python" -m venv "$venv" || fail "$python could not make the environment $venv"
}
