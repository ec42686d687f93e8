# The agent is told what it was told before.
# shellcheck shell=sh
main() {
    mv "$settings.before" "$settings" || exit 1
    rm -f "$settings.tried"
    systemctl restart knit-agent.service
}
