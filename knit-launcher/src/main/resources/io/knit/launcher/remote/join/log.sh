# What may be the matter, in the host's own words; $broker is host:port, or empty.
# shellcheck shell=sh disable=SC2154
main() {
    agent_log | tail -n 15
    if [ -n "$broker" ]; then limited 20 /usr/bin/knit doctor --local --broker "$broker" || true; fi
}
