# Has an engine answer: $how is install or start.
# shellcheck shell=sh disable=SC2154
main() {
    if [ "$how" = install ]; then
        DEBIAN_FRONTEND=noninteractive
        export DEBIAN_FRONTEND
        apt-get -q update || exit 1
        apt-get -q -y install --no-install-recommends docker.io ca-certificates || exit 1
    fi
    systemctl enable docker.service || exit 1
    [ -n "$(engine)" ] || systemctl start docker.service || exit 1
    left=60
    while [ -z "$(engine)" ]; do
        left=$((left - 1))
        if [ "$left" -le 0 ]; then
            echo "the engine does not answer at $socket"
            exit 1
        fi
        sleep 1
    done
    say engine "$(engine)"
}
