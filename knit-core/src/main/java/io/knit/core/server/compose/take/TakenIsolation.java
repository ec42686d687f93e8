package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a process may, within which limits, and what it shares with its host. */
final class TakenIsolation {
    private static final Set<String> ALWAYS = Set.of("nosuid", "nodev");
    /** Of five digits, which specs do not take; four of them have always stood as they are, and another spelling would be another revision. */
    private static final String OCTAL = "^mode=0(?=[01][0-7]{3}$)";

    private static final String HOST = "host";
    private static final String OWN = "leave it out";

    private final ServiceReading in;

    TakenIsolation(ServiceReading in) {
        this.in = in;
    }

    void take() {
        in.flag(in.service, "privileged", "privileged");
        capabilities("cap_add");
        capabilities("cap_drop");
        in.flag(in.service, "read_only", "read_only");
        shared();
        shmSize();
        in.given("devices").ifPresent(part -> in.each(part, "devices", this::device));
        in.given("security_opt")
                .ifPresent(part -> in.values(part, "security_opt").forEach(this::securityOption));
        in.given("sysctls")
                .ifPresent(part -> in.pairs(part, "sysctls")
                        .forEach((key, pair) ->
                                in.draft.put("sysctls", key, pair.at(), pair.value() == null ? "" : pair.value())));
        in.given("ulimits")
                .ifPresent(part -> in.map(part, "ulimits")
                        .members()
                        .forEach((name, limit) -> ulimit(name, limit, part.spotOf(name))));
        in.given("tmpfs")
                .ifPresent(part -> in.values(part, "tmpfs").forEach(each -> tmpfs(in, each.spot(), each.text())));
    }

    /** Engines take them in small letters, too. */
    private void capabilities(String name) {
        in.given(name)
                .ifPresent(part -> in.values(part, name)
                        .forEach(each ->
                                in.draft.add(name, each.spot(), each.text().toUpperCase(Locale.ROOT))));
    }

    private void shmSize() {
        boolean ofHost =
                in.given("ipc").filter(part -> part.text().equals(HOST)).isPresent();
        if (ofHost && in.given("shm_size").isPresent()) {
            in.remark(
                    in.service.spotOf("shm_size"),
                    "shm_size: with ipc: host it has its host's /dev/shm, as large as that is",
                    "leave it out");
        } else {
            in.size(in.service, "shm_size", "shm_size");
        }
    }

    private void device(Part part, boolean isLong) {
        if (!isLong) {
            in.draft.add("devices", part.spot(), part.text());
            return;
        }
        StringBuilder device = new StringBuilder();
        for (String name : new String[] {"source", "target", "permissions"}) {
            ServiceReading.given(part, name)
                    .flatMap(each -> in.text(each, name))
                    .ifPresent(
                            text -> device.append(device.isEmpty() ? "" : ":").append(text));
        }
        in.draft.add("devices", part.spot(), device.toString());
    }

    /** Engines take {@code :} and {@code =}, and each option its own word. */
    private void securityOption(Part part) {
        String text = part.text().replaceFirst("^(no-new-privileges|seccomp|apparmor|label|systempaths):", "$1=");
        switch (text) {
            case "no-new-privileges", "no-new-privileges=true" -> in.draft.set("no_new_privileges", part.spot(), true);
            case "no-new-privileges=false" -> in.draft.set("no_new_privileges", part.spot(), false);
            default -> in.draft.add("security_opt", part.spot(), text);
        }
    }

    private void ulimit(String name, Part limit, Spot at) {
        if (limit.is(Kind.MAP)) {
            String soft = limitOf(limit, "soft");
            String hard = limitOf(limit, "hard");
            if (soft.isEmpty() || hard.isEmpty()) {
                in.refuse(at, "the limit " + name + " is half given", "give soft and hard, or one number for both");
            } else {
                in.draft.put("ulimits", name, at, soft + ":" + hard);
            }
        } else {
            in.text(limit, name).ifPresent(text -> in.draft.put("ulimits", name, at, text));
        }
    }

    private String limitOf(Part limit, String name) {
        return ServiceReading.given(limit, name)
                .flatMap(each -> in.text(each, name))
                .orElse("");
    }

    /** What always holds is not said again, and each thing in one spelling. */
    static void tmpfs(ServiceReading in, Spot at, String text) {
        int colon = text.indexOf(':');
        String path = TakenVolumes.folder(colon < 0 ? text : text.substring(0, colon));
        String options = colon < 0
                ? ""
                : Arrays.stream(text.substring(colon + 1).split(","))
                        .filter(option -> !ALWAYS.contains(option) && !option.isEmpty())
                        .map(option -> option.replaceFirst(OCTAL, "mode="))
                        .collect(Collectors.joining(","));
        in.draft.add("tmpfs", at, options.isEmpty() ? path : path + ":" + options);
    }

    private void shared() {
        ofHost("ipc", Set.of("private", "shareable"));
        ofHost("pid", Set.of());
        only("uts", Set.of(), OWN);
        only("cgroup", Set.of("private"), OWN);
        only("userns_mode", Set.of("host"), OWN);
        only("isolation", Set.of("default"), OWN);
        only(
                "runtime",
                Set.of("runc"),
                "leave it out, and set the runtime of those hosts' engines; for accelerators write gpus");
    }

    private void ofHost(String name, Set<String> own) {
        Optional<String> given = in.given(name).flatMap(part -> in.text(part, name));
        if (given.filter(HOST::equals).isPresent()) {
            in.draft.set(name, in.service.spotOf(name), HOST);
        } else {
            only(name, own, "leave it out, or write host");
        }
    }

    /** Takes what is so anyway, and nothing else. */
    private void only(String name, Set<String> values, String instead) {
        in.given(name)
                .flatMap(part -> in.text(part, name))
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> {
                    if (!values.contains(text)) {
                        in.refuse(
                                in.service.spotOf(name),
                                name + ": " + text + " is not taken: a container has its own",
                                instead);
                    }
                });
    }
}
