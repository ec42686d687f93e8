package io.knit.launcher.remote.join;

import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.core.wiring.JoinToken;
import io.knit.launcher.program.AgentProgram;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the host's agent shall be told, by the keys of its settings; what is not among them stays as it is there. Shows no secret.
 *
 * @param settings checked, as {@code knit agent start} would
 */
record Told(Map<String, String> settings) {
    /** The service has its own, which goes before. */
    private static final Set<Setting> OF_SERVICE = Set.of(Setting.DATA_DIR);

    private static final List<Setting> KNOWN = Setting.of(Set.of(Role.AGENT)).stream()
            .filter(setting -> !OF_SERVICE.contains(setting))
            .toList();

    Told {
        settings = Map.copyOf(settings);
    }

    /**
     * What stands behind several {@code --set}. What has several values may be given several times.
     *
     * @throws IllegalArgumentException for one that is no pair, or says another value than one before it
     */
    static Map<String, String> typed(List<String> pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--set takes KEY=VALUE, such as gpus=1");
            }
            String key = pair.substring(0, equals);
            String value = pair.substring(equals + 1);
            boolean isList = KNOWN.stream()
                    .anyMatch(setting -> setting.isList() && setting.key().equals(key));
            String before = settings.put(key, value);
            if (before != null && !isList) {
                throw new IllegalArgumentException("--set gives " + key + " more than once; give it once");
            } else if (before != null) {
                settings.put(key, before + "," + value);
            }
        }
        return settings;
    }

    /**
     * Looks at what was typed.
     *
     * @param settings by key; one that is not known is refused
     * @throws KnitException with {@code INVALID_CONFIGURATION}, or IllegalArgumentException
     */
    static Told of(Map<String, String> settings) {
        for (Map.Entry<String, String> each : settings.entrySet()) {
            if (KNOWN.stream().noneMatch(setting -> setting.key().equals(each.getKey()))) {
                throw new IllegalArgumentException(
                        "--set takes KEY=VALUE of what knit agent start --help lists, without its dashes; \""
                                + each.getKey() + "\" is none that could be set there");
            }
            if (each.getValue().chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("what is given for " + each.getKey()
                        + " has a line end or another control character in it; take it out");
            }
        }
        Map<String, String> flags = new TreeMap<>();
        settings.forEach((key, value) -> flags.put("--" + key, value));
        AgentProgram.check(Settings.resolve(KNOWN, flags, Map.of(), Map.of()));
        JoinToken.check(settings);
        return new Told(settings);
    }

    /** The broker, or empty: as the host has it. */
    String broker() {
        return settings.getOrDefault(Setting.NATS_URL.key(), "");
    }

    Told withBroker(String url) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(Setting.NATS_URL.key(), url);
        return of(more);
    }

    /** Its keys, with a blank between them. */
    String keys() {
        return String.join(" ", new TreeMap<>(settings).keySet());
    }

    /** As the agent's file has them, a line each, with its end. */
    String lines() {
        StringBuilder lines = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((key, value) -> lines.append(key)
                        .append(": '")
                        .append(value.replace("'", "''"))
                        .append("'\n"));
        return lines.toString();
    }

    /** For people. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        new TreeMap<>(settings)
                .forEach((key, value) ->
                        words.add(key.equals(JoinToken.KEY) ? "a join token" : key + " " + Secrets.hide(value)));
        return words;
    }

    @Override
    public String toString() {
        return "Told" + words();
    }
}
