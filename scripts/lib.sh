# Shared by the scripts in this folder; sourced, not run. Bash.
# shellcheck shell=bash

repo=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # for those who source this
knit_jar=$repo/knit-launcher/target/knit.jar
docker_log=${TMPDIR:-/tmp}/knit-dockerd.log
dockerd_started= # pid of the engine that this script started

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# as_root COMMAND…: with sudo where needed
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root for \"$1\"; run it as root or install sudo"
    fi
}

# docker … as this user where the engine lets it, else as root
docker_() {
    if [ -w "${DOCKER_SOCKET:-/var/run/docker.sock}" ]; then docker "$@"; else as_root docker "$@"; fi
}

# wait_for SECONDS COMMAND…: until it succeeds; fails after the time
wait_for() {
    local seconds=$1 end
    shift
    end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

# has COMMAND or PATTERN of its path, for what lies in no folder of commands
has() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || compgen -G "$1" >/dev/null; }

# install_missing COMMAND=PACKAGE[|PACKAGE]…: from the distribution, only what is not there; of several packages the first that this release has
install_missing() {
    local pair packages=() missing=()
    for pair in "$@"; do
        has "${pair%%=*}" || missing+=("$pair")
    done
    packages=("${missing[@]#*=}")
    [ ${#packages[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "please install: ${packages[*]//|/ or } (this is no Debian or Ubuntu, so the script does not)"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 update >/dev/null ||
        fail "apt-get update failed; see above"
    local i
    for i in "${!packages[@]}"; do
        packages[i]=$(known_package "${packages[i]}")
    done
    say "Installing ${packages[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends \
        "${packages[@]}" >/dev/null || fail "apt-get could not install ${packages[*]}; see above"
    for pair in "${missing[@]}"; do
        has "${pair%%=*}" || fail "${pair%%=*} is still missing, though ${packages[*]} came; install what has it on this system"
    done
}

# known_package PACKAGE|PACKAGE…: the first that can be had, else the last
known_package() {
    local one
    for one in ${1//|/ }; do
        [ -z "$(apt-cache show --no-all-versions "$one" 2>/dev/null)" ] || break
    done
    echo "$one"
}

engine_answers() { timeout 5 docker info >/dev/null 2>&1 || { [ "$(id -u)" != 0 ] && timeout 5 sudo -n docker info >/dev/null 2>&1; }; }

# A Docker Engine that answers: the present one; else installed where missing, and started
need_engine() {
    if command -v docker >/dev/null && engine_answers; then return 0; fi
    install_missing dockerd=docker.io 'docker=docker-cli|docker.io' iptables=iptables
    # installing may have started it
    if [ -d /run/systemd/system ]; then
        engine_answers || as_root systemctl start docker || fail "systemctl start docker failed; see: journalctl -u docker"
    elif ! wait_for 2 engine_answers; then
        start_dockerd
    fi
    wait_for 60 engine_answers || fail "the Docker Engine does not answer within 60 s; see $docker_log"
}

start_dockerd() {
    local pid_file=/var/run/docker.pid before
    say "Starting the Docker Engine"
    before=$(cat "$pid_file" 2>/dev/null || true)
    if [ -n "$before" ] && ! as_root kill -0 "$before" 2>/dev/null; then as_root rm -f "$pid_file"; fi
    as_root env PATH="$PATH:/usr/sbin:/sbin" setsid dockerd >"$docker_log" 2>&1 </dev/null &
    wait_for 60 engine_answers || fail "the Docker Engine did not start within 60 s; see $docker_log"
    dockerd_started=$(cat "$pid_file" 2>/dev/null || true)
}

# Ends the engine that this script started, unless it now also runs containers of others
stop_dockerd() {
    [ -n "$dockerd_started" ] || return 0
    if [ -n "$(docker_ ps -q 2>/dev/null)" ]; then
        say "The Docker Engine stays: it runs other containers by now"
        return 0
    fi
    as_root kill "$dockerd_started" 2>/dev/null || true
    wait_for 20 engine_gone || say "The Docker Engine (process $dockerd_started) does not end; see $docker_log"
    dockerd_started=
}
engine_gone() { ! as_root kill -0 "$dockerd_started" 2>/dev/null; }

# busybox_tree FOLDER: an image's files with a shell and a web server, from the distribution's busybox
busybox_tree() {
    local tree=$1 applet busybox
    install_missing busybox=busybox-static
    busybox=$(command -v busybox)
    if ldd "$busybox" >/dev/null 2>&1; then
        # a busybox that needs shared libraries does not run alone
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 install busybox-static >/dev/null
        busybox=$(command -v busybox)
    fi
    mkdir -p "$tree"/{bin,tmp,etc,usr/share/nginx/html}
    cp "$busybox" "$tree/bin/busybox"
    for applet in sh cat echo env ls sleep true false httpd wget nc kill ps; do ln -sf busybox "$tree/bin/$applet"; done
    echo 'root:x:0:0:root:/:/bin/sh' >"$tree/etc/passwd"
    echo '<h1>It works</h1>' >"$tree/usr/share/nginx/html/index.html"
}

# busybox_image NAME DOCKER…: makes the image in the engine of that docker command
busybox_image() {
    local name=$1 tree
    shift
    tree=$(mktemp -d "${TMPDIR:-/tmp}/knit-image.XXXXXX")
    busybox_tree "$tree"
    tar -C "$tree" --numeric-owner --owner=0 --group=0 -c . |
        "$@" import --change 'CMD ["httpd","-f","-p","80","-h","/usr/share/nginx/html"]' --change 'EXPOSE 80' \
            --change 'LABEL io.knit.demo=1' - "$name" >/dev/null
    rm -rf "$tree"
}
