package io.knit.core.server.compose;

import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A service under another, as the Compose Specification merges them: maps by their keys, lists one behind the other, all else is the other's. */
final class Merging {
    /** What is one thing, however many words it has. */
    private static final Set<String> WHOLE = Set.of("command", "entrypoint", "test");
    /** Lists that are maps in another spelling. */
    private static final Set<String> PAIRS =
            Set.of("environment", "labels", "sysctls", "annotations", "depends_on", "networks");

    private Merging() {}

    /** What stands in {@code over} counts. What a service is extended from is no longer said. */
    static Part of(Part base, Part over) {
        Map<String, Part> members = new LinkedHashMap<>(base.members());
        Map<String, Spot> keys = new LinkedHashMap<>(base.keys());
        over.members().forEach((name, value) -> {
            Part below = members.get(name);
            members.put(name, below == null ? value : merged(name, below, value));
            keys.put(name, over.spotOf(name));
        });
        return Part.map(over.spot(), members, keys);
    }

    private static Part merged(String name, Part below, Part value) {
        if (WHOLE.contains(name) || value.is(Kind.NOTHING)) {
            return value;
        } else if (PAIRS.contains(name)) {
            return of(pairs(below), pairs(value));
        } else if (below.is(Kind.MAP) && value.is(Kind.MAP)) {
            return of(below, value);
        } else if (below.is(Kind.LIST) && value.is(Kind.LIST)) {
            // of what is mounted at one place, or is one and the same, the later counts
            Map<String, Part> both = new LinkedHashMap<>();
            Stream.of(below, value).flatMap(list -> list.items().stream()).forEach(each -> {
                both.remove(key(each));
                both.put(key(each), each);
            });
            return Part.list(value.spot(), List.copyOf(both.values()));
        }
        return value;
    }

    private static Part pairs(Part part) {
        if (!part.is(Kind.LIST)) {
            return part;
        }
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

    /** By which an element of a list is known: where it is mounted, or its text. */
    private static String key(Part part) {
        Part target = part.at("target");
        if (target != null) {
            return target.text();
        }
        String[] parts = part.text().split(":");
        return parts.length > 1 && parts[1].startsWith("/") ? parts[1] : part.text() + part.members();
    }
}
