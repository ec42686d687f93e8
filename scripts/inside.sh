# Shared by what installs Knit in a copy of this system; sourced, in mount and process namespaces of their own. Bash.
# shellcheck shell=bash

step() { printf '==> %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    for log in "$new"/run/knit-*.log "$base"/*.log; do [ ! -r "$log" ] || tail -n 20 "$log" >&2; done
    exit 1
}

# what is deployed to see that it is left alone, and removed at the end
deployment=${deployment:-packaged}
base=$(mktemp -d)
new=$base/root
cleared=
clear_up() {
    local status=$?
    [ -z "$cleared" ] || return 0
    cleared=yes
    docker ps -aq --filter "label=knit.deployment=$deployment" | xargs -r docker rm -f >/dev/null
    umount -R "$base" 2>/dev/null || umount -R -l "$base" || true
    rmdir "$base" || true
    [ -z "${shared:-}" ] || rm -rf "$shared"
    exit "$status"
}
trap clear_up EXIT
mount -t tmpfs -o size=2g tmpfs "$base"
mkdir "$base/up" "$base/work" "$new"
mount -t overlay -o "lowerdir=/,upperdir=$base/up,workdir=$base/work" overlay "$new"
mount -t proc proc "$new/proc"
mount --bind /dev "$new/dev"
mount -t tmpfs tmpfs "$new/run"
mount -t tmpfs tmpfs "$new/tmp"
: >"$new/run/docker.sock"
mount --bind /run/docker.sock "$new/run/docker.sock"
# no Java of this system is there, unless what is installed needs it
[ -n "${JAVA_STAYS:-}" ] || for jvm in "$new/usr/lib/jvm"; do [ ! -d "$jvm" ] || mount -t tmpfs tmpfs "$jvm"; done
# nor what another Knit left on it: the overlay forgets it, the system keeps it
rm -rf "$new/var/lib/knit" "$new/etc/knit"
mkdir -p "$new/run/systemd/system" "$new/usr/local/bin"

inside() { chroot "$new" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

# Does of a unit what matters here: its command as its user, with its folder, its capabilities, and no other place to write to
cat >"$new/usr/local/bin/systemctl" <<'SYSTEMCTL'
#!/bin/bash
set -eu
echo "$*" >>/run/systemctl.log
words=()
now=
for word in "$@"; do case $word in --now) now=yes ;; InvocationID | -*) ;; *) words+=("${word%.s*}") ;; esac; done
value() { cat "/etc/systemd/system/$1.${3:-service}.d/"*.conf "/lib/systemd/system/$1.${3:-service}" 2>/dev/null | sed -n "s/^$2=\(.\)/\1/p" | head -n 1; }
alive() { [ -r "/run/$1.pid" ] && kill -0 "$(cat "/run/$1.pid")" 2>/dev/null; }
sockets() { for word in $(value "$1" Wants); do case $word in *.socket) echo "${word%.socket}" ;; esac; done; }
stop() {
    for socket in $(sockets "$1"); do stop "$socket"; done
    alive "$1" || return 0
    kill "$(cat "/run/$1.pid")"
    for _ in $(seq 300); do alive "$1" || break; sleep 0.1; done
    alive "$1" && { echo "$1 does not end" >&2; exit 1; }
    rm "/run/$1.pid"
}
# a socket, whose service is started by who comes first
listen() {
    ! alive "$1" || return 0
    path=$(value "$1" ListenStream socket)
    mkdir -p -m "$(value "$1" DirectoryMode socket)" "${path%/*}"
    rm -f "$path"
    # shellcheck disable=SC2046 # words
    setsid setpriv --no-new-privs --bounding-set=-all --inh-caps=-all systemd-socket-activate -l "$path" $(value "$1" ExecStart) >>"/run/$1.log" 2>&1 </dev/null &
    echo $! >"/run/$1.pid"
    for _ in $(seq 100); do [ ! -S "$path" ] || break; sleep 0.1; done
    chown "$(value "$1" SocketUser socket):$(value "$1" SocketGroup socket)" "$path"
    chmod "$(value "$1" SocketMode socket)" "$path"
}
start() {
    if alive "$1" || [ ! -r "/lib/systemd/system/$1.service" ]; then return 0; fi
    for socket in $(sockets "$1"); do listen "$socket"; done
    stat -c %s "/run/$1.log" >"/run/$1.from" 2>/dev/null || echo 0 >"/run/$1.from"
    user=$(value "$1" User)
    state=/var/lib/$(value "$1" StateDirectory)
    install -d -m "$(value "$1" StateDirectoryMode)" -o "$user" "$state"
    bounding=-all
    for capability in $(value "$1" CapabilityBoundingSet); do
        capability=${capability#CAP_}
        bounding=$bounding,+${capability,,}
    done
    # shellcheck disable=SC2046 # words
    WRITABLE="$state $(value "$1" ReadWritePaths)" PRIVATE_TMP=$(value "$1" PrivateTmp) setsid unshare --mount --propagation private protected \
        setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --no-new-privs --bounding-set="$bounding" --inh-caps=-all $(value "$1" ExecStart) >>"/run/$1.log" 2>&1 </dev/null &
    echo $! >"/run/$1.pid"
}
case ${words[0]} in
    daemon-reload) ;;
    start) start "${words[1]}" ;;
    stop) for unit in "${words[@]:1}"; do stop "$unit"; done ;;
    restart)
        stop "${words[1]}"
        start "${words[1]}"
        ;;
    enable) ;;
    is-active) alive "${words[1]}" ;;
    show) echo "${words[1]}" ;;
    try-restart) for unit in "${words[@]:1}"; do if alive "$unit"; then stop "$unit"; start "$unit"; fi; done ;;
    disable) [ -z "$now" ] || for unit in "${words[@]:1}"; do stop "$unit"; done ;;
    *) echo "what is systemctl $*?" >&2; exit 1 ;;
esac
SYSTEMCTL
# and what a service wrote since it was started
cat >"$new/usr/local/bin/journalctl" <<'JOURNALCTL'
#!/bin/bash
for word in "$@"; do unit=${word#_SYSTEMD_INVOCATION_ID=}; done
tail -c "+$(($(cat "/run/$unit.from") + 1))" "/run/$unit.log"
JOURNALCTL
# ProtectSystem=strict, and PrivateTmp=
cat >"$new/usr/local/bin/protected" <<'PROTECTED'
#!/bin/bash
set -eu
for place in $WRITABLE; do mount --rbind "$place" "$place"; done
[ "$PRIVATE_TMP" != yes ] || mount -t tmpfs tmpfs /tmp
for place in / /run /tmp; do
    if [ "$place" = /tmp ] && [ "$PRIVATE_TMP" = yes ]; then continue; fi
    case " $WRITABLE " in *" $place "*) ;; *) mount -o remount,bind,ro "$place" ;; esac
done
unset WRITABLE PRIVATE_TMP
exec "$@"
PROTECTED
chmod +x "$new"/usr/local/bin/{systemctl,journalctl,protected}

free_port() { # FROM TO, unless any
    local port from=${1:-20000} to=${2:-30000}
    while :; do
        port=$((from + RANDOM % (to - from)))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}
within() { # SECONDS WHAT COMMAND…
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "$what: not within the time"
        sleep 0.2
    done
}
pid() { cat "$new/run/$1.pid"; }
container() { docker ps -q --no-trunc --filter "label=knit.deployment=$deployment"; }
started() { docker inspect -f '{{.Id}} {{.State.StartedAt}}' "$(container)"; }

