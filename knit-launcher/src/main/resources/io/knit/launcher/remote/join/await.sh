# Waits up to $seconds until the agent is taken in, or is not; $kept says that it was there before and was not started anew, $member that it was a node before.
# shellcheck shell=sh disable=SC2154
# Seconds, by a clock that nobody sets
now() { cut -d . -f 1 /proc/uptime; }
waited() { echo $(($(now) - begun)); }
# a server that has not heard of a node for this long says so
silence=15
main() {
    if [ -n "$kept" ] && [ -n "$(identified cluster)" ]; then
        say joined
        return 0
    fi
    begun=$(now)
    # a refusal counts when another try brought no other word
    patience=4
    log=
    while [ "$(waited)" -lt "$seconds" ]; do
        log=$(agent_log)
        word=$(last_word "$log")
        case $word in
            'Node '*' joined')
                say joined
                return 0
                ;;
            ?*)
                patience=$((patience - 1))
                if [ "$patience" -le 0 ]; then
                    say refused "$word"
                    return 0
                fi
                ;;
            *)
                if ! systemctl -q is-active knit-agent.service; then
                    sleep 1
                    if ! systemctl -q is-active knit-agent.service; then
                        say ended
                        agent_log | tail -n 15
                        return 0
                    fi
                fi
                if [ -z "$log" ] && [ -n "$(identified cluster)" ]; then
                    if [ -z "$member" ] || [ "$(waited)" -ge "$silence" ]; then break; fi
                fi
                ;;
        esac
        sleep 1
    done
    # where nothing is kept of what services write, it is the server's to say
    if [ -n "$log" ]; then
        printf '%s\n' "$log" | tail -n 15
    elif [ -n "$(identified cluster)" ]; then
        say unseen
    fi
}
