# What is there already; as root, and changes nothing.
# shellcheck shell=sh
main() {
    if [ -d /run/systemd/system ] && there systemctl; then say systemd yes; fi
    if there dpkg && there dpkg-query; then say dpkg yes; fi
    for each in apt-get dnf yum zypper apk pacman; do
        if there "$each"; then
            say packages "$each"
            break
        fi
    done
    say libc "$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //')"
    if [ -n "$(setting docker-host)" ]; then
        say engine elsewhere
    else
        version=$(engine)
        if [ -n "$version" ]; then
            say engine "$version"
        elif there dockerd; then
            say engine silent
        else
            say engine none
        fi
    fi
    version=$(installed)
    say installed "$version"
    read -r digest of </var/lib/knit/package 2>/dev/null && [ "$of" = "$version" ] && say digest "$digest"
    say node "$(identified node)"
    say cluster "$(identified cluster)"
    say broker "$(setting nats-url)"
    say surveyed
}
