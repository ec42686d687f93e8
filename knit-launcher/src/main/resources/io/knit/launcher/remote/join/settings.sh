# Has the agent told $lines, instead of what it was told by the keys in $keys, and starts it; all else in its settings stays.
# shellcheck shell=sh disable=SC2154
# Whether the agent was taken in with what the last join told it, though nobody waited so long
taken_since() {
    # it says so once, and may have said much since
    case $(last_word "$(agent_log all)") in
        'Node '*' joined') return 0 ;;
    esac
    was=$(sed -n 's/^cluster //p;s/^cluster$//p' "$settings.tried" 2>/dev/null)
    [ -n "$(identified cluster)" ] && grep -q '^cluster' "$settings.tried" && [ "$(identified cluster)" != "$was" ]
}
main() {
    # a server's settings may come to lie there, too, which its own user reads
    mkdir -p /etc/knit || exit 1
    umask 077
    [ -e "$settings" ] || : >"$settings"
    # what a join has written that did not come to its end is not what the agent was told before
    if [ -e "$settings.before" ] && [ "$(cksum <"$settings")" = "$(head -n 1 "$settings.tried" 2>/dev/null)" ] && ! taken_since; then
        unfinished=yes
    else
        unfinished=
        cp -p "$settings" "$settings.before" || exit 1
    fi
    {
        awk -v keys="$keys" '
            BEGIN { n = split(keys, key, " "); for (i = 1; i <= n; i++) gone[key[i]] = 1 }
            /^[^ \t#-]/ { name = $0; sub(/:.*/, "", name); gsub(/["\047 \t]/, "", name); skip = (name in gone) }
            /^#/ { skip = 0 }
            !skip { print }
        ' "$settings"
        # the shell writes it itself: there is no process in whose words it would stand
        printf '%s' "$lines"
    } >"$settings.new" || exit 1
    chmod 600 "$settings.new" || exit 1
    if cmp -s "$settings.new" "$settings"; then same=yes; else same=; fi
    {
        cksum <"$settings.new"
        echo "cluster $(identified cluster)"
    } >"$settings.tried" || exit 1
    mv "$settings.new" "$settings" || exit 1
    systemctl enable knit-agent.service || exit 1
    if [ -n "$same" ] && [ -z "$unfinished" ] && systemctl -q is-active knit-agent.service; then
        rm -f "$settings.before" "$settings.tried"
        say kept
    else
        systemctl restart knit-agent.service || exit 1
        say restarted
    fi
    left=30
    while [ -z "$(identified node)" ] && [ "$left" -gt 0 ] && systemctl -q is-active knit-agent.service; do
        left=$((left - 1))
        sleep 1
    done
    say node "$(identified node)"
}
