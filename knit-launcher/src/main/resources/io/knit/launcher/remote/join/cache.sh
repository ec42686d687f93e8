# A place for the package.
# shellcheck shell=sh
main() {
    rm -rf "$cache"
    mkdir -m 700 "$cache" || exit 1
    say cache "$cache"
}
