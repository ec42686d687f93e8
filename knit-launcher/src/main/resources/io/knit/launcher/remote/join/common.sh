# Sent before each of the scripts here to a host's sh, by knit join. POSIX, and nothing that only one distribution has.
# shellcheck shell=sh
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
umask 022

socket=/var/run/docker.sock
settings=/etc/knit/agent.yaml
identity=/var/lib/knit/agent/agent.json
# where a package arrives: root's alone, and not in a folder that others may write to
cache=/var/cache/knit-join

say() { printf '@knit %s\n' "$*"; }
there() { command -v "$1" >/dev/null 2>&1; }
# limited SECONDS COMMAND…
limited() {
    if there timeout; then timeout "$@"; else
        shift
        "$@"
    fi
}

# The engine's version, or a word where it answers but does not say; empty: it does not answer
engine() {
    [ -S "$socket" ] || return 0
    if there docker; then
        limited 10 docker -H "unix://$socket" version -f '{{.Server.Version}}' 2>/dev/null || true
    elif there curl; then
        limited 10 curl -s --unix-socket "$socket" http://engine/version | sed -n 's/.*"Version":"\([^"]*\)","ApiVersion.*/\1/p'
    else
        echo there
    fi
}

# The version of Knit that is there, by a package or unpacked; empty: none
installed() {
    if there dpkg-query && [ "$(dpkg-query -W -f '${db:Status-Status}' knit 2>/dev/null)" = installed ]; then
        dpkg-query -W -f '${Version}' knit
    elif [ -x /usr/lib/knit/bin/knit ]; then
        /usr/lib/knit/bin/knit --version 2>/dev/null | sed 's/^Knit //'
    fi
}
# setting KEY: what the agent is told, where that stands in one line
setting() { sed -n "s/^$1:[[:space:]]*//p" "$settings" 2>/dev/null | tail -n 1 | tr -d "\"'"; }
# identified KEY: node or cluster, or nothing
identified() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" "$identity" 2>/dev/null | head -n 1; }
# agent_log [LINES]: the last of what the agent wrote since it was started; all: the whole of it
agent_log() {
    there journalctl || return 0
    limited 10 journalctl -q -o cat --no-pager -n "${1:-300}" "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value knit-agent.service)" 2>/dev/null
}
# last_word LOG: what it says last of whether it is taken in
last_word() { printf '%s\n' "$1" | grep -E '^Node .* joined$|refuses (this agent|the user)|refused this agent|is not taken in now' | tail -n 1; }
