package io.knit.core.server.compose;

import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service under another, as the Compose Specification merges them: maps by their keys, lists one behind the other, all else is the other's. Which
 * rule holds goes by where a key is, for in maps of the author's own keys any word may stand.
 */
final class Merging {
    private static final String EXTRA_HOSTS = "extra_hosts";
    private static final String DEPENDS_ON = "depends_on";
    private static final String TARGET = "target";
    /** What is one thing, however many words it has. */
    private static final Set<String> WHOLE = Set.of("command", "entrypoint", "healthcheck.test");
    /** Lists of {@code name=value} that are maps in another spelling. */
    private static final Set<String> PAIRS = Set.of("environment", "labels", "sysctls", "annotations", "deploy.labels");
    /** Lists of names that are maps in another spelling. */
    private static final Set<String> NAMES = Set.of(DEPENDS_ON, "networks");
    /** Lists of which one element may stand alone. */
    private static final Set<String> ALONE =
            Set.of("dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs", EXTRA_HOSTS);
    /** An address, if any, the host's port, if any, the container's, the protocol. */
    private static final Pattern PORT = Pattern.compile(
            "(?:(?<ip>\\[[^\\]]*]|[^:]*):)??(?:(?<host>[^:]*):)?(?<container>[^:/]+)(?:/(?<protocol>.*))?");

    private Merging() {}

    /** What stands in {@code over} counts. What a service is extended from is no longer said. */
    static Part of(Part base, Part over) {
        return of("", base, over);
    }

    private static Part of(String path, Part base, Part over) {
        Map<String, Part> members = new LinkedHashMap<>(base.members());
        Map<String, Spot> keys = new LinkedHashMap<>(base.keys());
        over.members().forEach((name, value) -> {
            Part below = members.get(name);
            // a name without a value has one all the same: the caller's
            Part merged = below == null || PAIRS.contains(path)
                    ? value
                    : merged(path.isEmpty() ? name : path + "." + name, below, value);
            members.put(name, merged);
            if (merged != below) {
                keys.put(name, over.spotOf(name));
            }
        });
        return Part.map(over.spot(), members, keys);
    }

    /** @param path of a key in a service */
    private static Part merged(String path, Part below, Part value) {
        if (WHOLE.contains(path)) {
            return value;
        } else if (value.is(Kind.NOTHING)) {
            return below;
        } else if (PAIRS.contains(path) || NAMES.contains(path)) {
            // what is neither is refused by who takes it
            return below.is(Kind.VALUE)
                    ? below
                    : value.is(Kind.VALUE) ? value : of(path, map(path, below), map(path, value));
        } else if (ALONE.contains(path)) {
            return lists(path, list(path, below), list(path, value));
        } else if (below.is(Kind.MAP) && value.is(Kind.MAP)) {
            return path.equals("logging") && differ(below.at("driver"), value.at("driver"))
                    ? value
                    : of(path, below, value);
        } else if (below.is(Kind.LIST) && value.is(Kind.LIST)) {
            return lists(path, below, value);
        }
        return value;
    }

    /** The options of one driver are none of another's. */
    private static boolean differ(@Nullable Part one, @Nullable Part other) {
        return one != null && other != null && !one.text().equals(other.text());
    }

    /** Of what is at one place, or is one and the same, the later counts, where the earlier was. */
    private static Part lists(String path, Part below, Part value) {
        Map<Object, Part> both = new LinkedHashMap<>();
        Stream.of(below, value).flatMap(list -> list.items().stream()).forEach(each -> both.put(key(path, each), each));
        return Part.list(value.spot(), List.copyOf(both.values()));
    }

    private static Part list(String path, Part part) {
        if (part.is(Kind.NOTHING)) {
            return Part.list(part.spot(), List.of());
        } else if (!path.equals(EXTRA_HOSTS)) {
            return part.is(Kind.LIST) ? part : Part.list(part.spot(), List.of(part));
        }
        List<Part> hosts = new ArrayList<>();
        (part.is(Kind.VALUE) ? List.of(part) : part.items())
                .forEach(each -> hosts.add(Part.value(each.spot(), host(each.text()))));
        part.members().forEach((name, addresses) -> {
            for (Part each : addresses.is(Kind.LIST) ? addresses.items() : List.of(addresses)) {
                hosts.add(Part.value(each.spot(), name + "=" + each.text()));
            }
        });
        return Part.list(part.spot(), hosts);
    }

    /** With the one sign that an address has not. */
    private static String host(String text) {
        return text.contains("=") ? text : text.replaceFirst(":", "=");
    }

    private static Part map(String path, Part part) {
        if (!part.is(Kind.LIST)) {
            return part;
        }
        return PAIRS.contains(path) ? pairs(part) : names(path, part);
    }

    private static Part pairs(Part part) {
        Map<String, Part> members = new LinkedHashMap<>();
        Map<String, Spot> keys = new LinkedHashMap<>();
        for (Part each : part.items()) {
            int equals = each.text().indexOf('=');
            String key = equals < 0 ? each.text() : each.text().substring(0, equals);
            members.put(
                    key,
                    equals < 0
                            ? Part.nothing(each.spot())
                            : Part.value(each.spot(), each.text().substring(equals + 1)));
            keys.put(key, each.spot());
        }
        return Part.map(part.spot(), members, keys);
    }

    /** A name alone of what is depended on says how, too. */
    private static Part names(String path, Part part) {
        Map<String, Part> members = new LinkedHashMap<>();
        Map<String, Spot> keys = new LinkedHashMap<>();
        for (Part each : part.items()) {
            Spot at = each.spot();
            Part condition = Part.value(at, "service_started");
            Part how = Part.map(at, Map.of("condition", condition, "required", Part.value(at, "true")), Map.of());
            members.put(each.text(), path.equals(DEPENDS_ON) ? how : Part.nothing(at));
            keys.put(each.text(), at);
        }
        return Part.map(part.spot(), members, keys);
    }

    /** By which an element of a list is known: where it is mounted, what is published, or its text. */
    private static Object key(String path, Part part) {
        return switch (path) {
            case "ports" -> port(part);
            case "volumes", "devices" ->
                folder(part.is(Kind.MAP) ? text(part, TARGET, text(part, "source", "")) : place(part.text()));
            case "tmpfs" -> folder(part.text().split(":", 2)[0]);
            case "env_file" -> part.is(Kind.MAP) ? text(part, "path", "") : part.text();
            case "configs" -> mounted(part, "/");
            case "secrets" -> mounted(part, "/run/secrets/");
            // of what is a map each is one of its own
            default -> part.is(Kind.VALUE) ? part.text() : part;
        };
    }

    /** With a slash behind it or without. */
    private static String folder(String path) {
        return path.replaceFirst("(?<=.)/+$", "");
    }

    private static String place(String mount) {
        String[] parts = mount.split(":");
        return parts.length > 1 ? parts[1] : mount;
    }

    private static String mounted(Part part, String folder) {
        String name = part.is(Kind.MAP) ? text(part, TARGET, text(part, "source", "")) : part.text();
        return name.startsWith("/") ? name : folder + name;
    }

    /** The same port is the same in both spellings. */
    private static Object port(Part part) {
        if (part.is(Kind.MAP)) {
            return port(
                    text(part, "host_ip", ""),
                    text(part, "published", ""),
                    text(part, TARGET, ""),
                    text(part, "protocol", ""));
        }
        Matcher parts = PORT.matcher(part.text());
        return parts.matches()
                ? port(
                        given(parts.group("ip")),
                        given(parts.group("host")),
                        parts.group("container"),
                        given(parts.group("protocol")))
                : part.text();
    }

    private static Object port(String ip, String host, String container, String protocol) {
        return List.of(
                ip.isEmpty() ? "0.0.0.0" : ip.replaceAll("[\\[\\]]", ""),
                host,
                container,
                protocol.isEmpty() ? "tcp" : protocol.toLowerCase(Locale.ROOT));
    }

    private static String given(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static String text(Part map, String name, String otherwise) {
        Part part = map.at(name);
        return part == null || part.is(Kind.NOTHING) ? otherwise : part.text();
    }
}
