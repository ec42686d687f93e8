# Looks at the host, and changes nothing.
# shellcheck shell=sh
main() {
    say kernel "$(uname -s)"
    say arch "$(uname -m)"
    # shellcheck source=/dev/null
    [ ! -r /etc/os-release ] || (. /etc/os-release && say system "${PRETTY_NAME:-$ID}")
    if [ "$(id -u)" = 0 ]; then
        say rights root
    elif there sudo && sudo -n true 2>/dev/null; then
        say rights sudo
    else
        say rights none
    fi
    say looked
}
