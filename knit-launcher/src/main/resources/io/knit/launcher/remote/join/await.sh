# Waits up to $seconds until the agent is taken in, or is not; $kept says that it was there before and was not started anew.
# shellcheck shell=sh disable=SC2154
last_word() { agent_log | grep -E '^Node .* joined$|refuses (this agent|the user)|refused this agent|is not taken in now' | tail -n 1; }
main() {
    if [ -n "$kept" ] && [ -n "$(identified cluster)" ]; then
        say joined
        return 0
    fi
    # a refusal counts when another try brought no other word
    patience=4
    while [ "$seconds" -gt 0 ]; do
        word=$(last_word)
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
                        break
                    fi
                fi
                ;;
        esac
        seconds=$((seconds - 1))
        sleep 1
    done
    agent_log | tail -n 15
}
