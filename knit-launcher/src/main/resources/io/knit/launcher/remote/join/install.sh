# Installs what arrived, a $kind (deb or tar) whose digest is $digest. Containers are the engine's: none is touched.
# shellcheck shell=sh disable=SC2154
finish() {
    rm -rf "$cache"
    exit "$1"
}
main() {
    if there sha256sum && [ "$(sha256sum <"$cache/package" | cut -d ' ' -f 1)" != "$digest" ]; then
        echo "the package did not arrive whole"
        finish 1
    fi
    if [ "$kind" = deb ]; then from_deb; else from_tar; fi
    # for this processor and this C library
    /usr/bin/knit --version >/dev/null || finish 1
    mkdir -p /var/lib/knit
    echo "$digest $(installed)" >/var/lib/knit/package
    say installed "$(installed)"
    finish 0
}
from_deb() {
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    mv "$cache/package" "$cache/knit.deb"
    # settings that somebody changed stay as they are; what it depends on is had of the distribution
    if ! dpkg --force-confdef --force-confold -i "$cache/knit.deb"; then
        there apt-get && apt-get -q update && apt-get -q -y -o Dpkg::Options::=--force-confold --fix-broken --no-install-recommends install
    fi
    # one that is not for this host's C library is not even unpacked, and what was there is there
    [ "$(installed)" = "$(dpkg-deb -f "$cache/knit.deb" Version)" ] || finish 1
}
from_tar() {
    # an earlier one may have been cut off between the two moves below
    [ -d /usr/lib/knit ] || [ ! -d /usr/lib/knit.before ] || mv /usr/lib/knit.before /usr/lib/knit || finish 1
    rm -rf /usr/lib/knit.new /usr/lib/knit.before
    mkdir /usr/lib/knit.new && tar -xzf "$cache/package" --strip-components 1 -C /usr/lib/knit.new || finish 1
    # plugins are the operator's own
    if ! /usr/lib/knit.new/bin/knit --version || ! keep_plugins; then
        rm -rf /usr/lib/knit.new
        finish 1
    fi
    [ ! -d /usr/lib/knit ] || mv /usr/lib/knit /usr/lib/knit.before || finish 1
    if ! mv /usr/lib/knit.new /usr/lib/knit; then
        [ ! -d /usr/lib/knit.before ] || mv /usr/lib/knit.before /usr/lib/knit
        finish 1
    fi
    rm -rf /usr/lib/knit.before
    ln -sf ../lib/knit/bin/knit /usr/bin/knit
    /usr/lib/knit/lib/share-classes /usr/lib/knit/lib/knit.jar /usr/lib/knit/runtime/bin/java || echo "it will start a little slower"
    mkdir -p /etc/knit
    cp /usr/lib/knit/systemd/knit-agent.service /etc/systemd/system/knit-agent.service || finish 1
    systemctl daemon-reload || finish 1
    systemctl try-restart knit-agent.service || finish 1
}
keep_plugins() {
    [ -d /usr/lib/knit/plugins ] || return 0
    mkdir -p /usr/lib/knit.new/plugins && cp -a /usr/lib/knit/plugins/. /usr/lib/knit.new/plugins/
}
