package io.knit.core.server.compose;

import io.knit.core.server.compose.key.ServicePaths;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Interpolation;
import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import io.knit.core.server.compose.text.YamlText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Services with what they extend, of the same file or of others that are given along. Not thread-safe. */
final class Extending {
    private static final int MOST_DEPTH = 16;
    private static final int MOST_SERVICES = 256;
    /** Of all services, with what they extend. */
    private static final int MOST_PARTS = 100_000;
    /** The first file, whose name is only for what is said of it: another one may be named so. */
    private static final String FIRST = "";

    private final ComposeSource source;
    private final Interpolation values;
    private final ComposeFindings findings;
    private final Map<String, Part> files = new HashMap<>();
    private final Map<String, String> named = new HashMap<>();
    private final Map<String, List<Part>> made = new HashMap<>();
    private int parts;

    Extending(ComposeSource source, Interpolation values, ComposeFindings findings) {
        this.source = source;
        this.values = values;
        this.findings = findings;
    }

    /** All services of the first file, whole. */
    Map<String, Part> all(Part services) {
        files.put(FIRST, services);
        Map<String, Part> whole = new LinkedHashMap<>();
        if (services.members().size() > MOST_SERVICES) {
            findings.refuse(
                    services.spot(),
                    "there are " + services.members().size() + " services",
                    "give " + MOST_SERVICES + " at most, and the rest as another project");
            return whole;
        }
        services.members().forEach((name, service) -> {
            if (service.is(Kind.MAP)) {
                List<Part> of = made.computeIfAbsent(name, any -> new ArrayList<>());
                whole.put(name, whole(FIRST, name, service, new LinkedHashSet<>(), of));
            } else {
                findings.refuse(
                        services.spotOf(name),
                        "the service " + name + " is " + service.kind().words(),
                        "write image: under it");
            }
        });
        return whole;
    }

    /** A service as it stands there, and all that it extends. */
    List<Part> madeOf(String service) {
        return made.getOrDefault(service, List.of());
    }

    private Part whole(String file, String name, Part service, Set<String> under, List<Part> of) {
        of.add(service);
        Part extended = service.at("extends");
        if (extended == null || extended.is(Kind.NOTHING)) {
            return service;
        }
        Spot at = service.spotOf("extends");
        if (!under.add(file + "\n" + name) || under.size() > MOST_DEPTH) {
            findings.refuse(at, name + " extends itself, over others", "leave one extends out");
            return service;
        }
        String from = extended.is(Kind.VALUE) ? extended.text() : text(extended, "service");
        String other = text(extended, "file");
        String there = other.isEmpty() ? file : named.computeIfAbsent(other, this::named);
        Part services = services(there, at);
        Part base = services == null ? null : services.at(from);
        if (base == null || !base.is(Kind.MAP)) {
            if (services != null) {
                findings.refuse(
                        at,
                        "there is no service " + from + " to extend",
                        "write service: with one of " + (other.isEmpty() ? "this file" : other));
            }
            return service;
        }
        Part own = there.equals(FIRST) ? base : ServicePaths.from(there, base, findings);
        Part merged = Merging.of(whole(there, from, own, under, of), service);
        parts += parts(merged);
        if (parts > MOST_PARTS) {
            findings.refuse(
                    at,
                    "with all that they extend the services have more than " + MOST_PARTS + " parts",
                    "write it shorter");
            return service;
        }
        findings.spend(at, characters(merged));
        return merged;
    }

    private static int parts(Part part) {
        return 1
                + part.items().stream().mapToInt(Extending::parts).sum()
                + part.members().values().stream().mapToInt(Extending::parts).sum();
    }

    private static long characters(Part part) {
        return (part.is(Kind.VALUE) ? part.text().length() : 0)
                + part.items().stream().mapToLong(Extending::characters).sum()
                + part.members().values().stream()
                        .mapToLong(Extending::characters)
                        .sum();
    }

    private static String text(Part map, String name) {
        Part part = map.at(name);
        return part == null ? "" : part.text();
    }

    /** The first by its own name, unless that is another's beside it. */
    private String named(String file) {
        if (!file.equals(source.file())) {
            return file;
        }
        try {
            String text = source.beside().apply(file);
            return text == null || text.equals(source.text()) ? FIRST : file;
        } catch (NoTextException e) {
            return file;
        }
    }

    /** Null: they are not to be had, which is said. */
    private @Nullable Part services(String file, Spot at) {
        Part known = files.get(file);
        if (known != null) {
            return known;
        }
        String text;
        try {
            text = source.beside().apply(file);
        } catch (NoTextException e) {
            findings.refuse(at, "the file " + file + " " + e.getMessage(), "write it anew, in UTF-8");
            return null;
        }
        if (text == null) {
            findings.refuse(at, "the file " + file + " is not there", "give it along: beside this one, or under files");
            return null;
        }
        String name = file.equals(source.file()) ? file + " (beside it)" : file;
        Part read = YamlText.read(name, text, values, findings);
        if (read == null) {
            return null;
        }
        Part services = read.at("services");
        if (services == null || !services.is(Kind.MAP)) {
            findings.refuse(
                    read.spotOf("services"),
                    "the file " + file + " has no services",
                    "write services: and under it what is extended");
            return null;
        }
        files.put(file, services);
        return services;
    }
}
