package io.knit.core.server.compose.key;

import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Paths in a service that is extended, which lead from the folder of its own file: as they lead from that of the first. Which keys have paths
 * stands here alone.
 */
public final class ServicePaths {
    private static final String HERE = "./";
    private static final String ABOVE = "../";

    private final String file;
    private final String folder;
    private final ComposeFindings findings;

    private ServicePaths(String file, String folder, ComposeFindings findings) {
        this.file = file;
        this.folder = folder;
        this.findings = findings;
    }

    /**
     * The service with paths that lead from the first file's folder, {@code ..} in them left as they are.
     *
     * @param file where it stands, as it is named from there
     */
    public static Part from(String file, Part service, ComposeFindings findings) {
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        if (segments(folder).findAny().isEmpty() && !folder.startsWith("/")) {
            return service;
        }
        ServicePaths paths = new ServicePaths(file, folder, findings);
        return with(
                service,
                Map.of(
                        "env_file", paths::each,
                        "label_file", paths::each,
                        "volumes", paths::volumes,
                        "extends", part -> with(part, Map.of("file", paths::path))));
    }

    private static Part with(Part map, Map<String, UnaryOperator<Part>> changes) {
        if (!map.is(Kind.MAP) || map.members().keySet().stream().noneMatch(changes::containsKey)) {
            return map;
        }
        Map<String, Part> members = new LinkedHashMap<>(map.members());
        members.replaceAll((name, part) -> {
            UnaryOperator<Part> change = changes.get(name);
            return change == null ? part : change.apply(part);
        });
        return Part.map(map.spot(), members, map.keys());
    }

    private Part each(Part part) {
        return switch (part.kind()) {
            case VALUE -> path(part);
            case LIST ->
                Part.list(part.spot(), part.items().stream().map(this::each).toList());
            case MAP -> with(part, Map.of("path", this::path));
            case NOTHING -> part;
        };
    }

    private Part path(Part part) {
        return part.is(Kind.VALUE) ? Part.value(part.spot(), joined(part.text()), part.writing()) : part;
    }

    private Part volumes(Part list) {
        return list.is(Kind.LIST)
                ? Part.list(list.spot(), list.items().stream().map(this::volume).toList())
                : list;
    }

    private Part volume(Part part) {
        if (part.is(Kind.VALUE) && part.text().startsWith(".")) {
            int colon = part.text().indexOf(':');
            int end = colon < 0 ? part.text().length() : colon;
            String source = part.text().substring(0, end);
            return Part.value(part.spot(), mounted(part, source) + part.text().substring(end), part.writing());
        }
        boolean bind = text(part.at("type")).equals("bind");
        return bind
                ? with(
                        part,
                        Map.of(
                                "source",
                                source -> source.is(Kind.VALUE)
                                        ? Part.value(source.spot(), mounted(source, source.text()), source.writing())
                                        : source))
                : part;
    }

    /** What begins with a dot is no volume's name. */
    private String mounted(Part at, String source) {
        if (isWhole(source)) {
            return source;
        } else if (folder.startsWith("/")) {
            // joined it would be a path of the nodes
            findings.refuse(
                    at.spot(),
                    "volumes: " + Pointers.quoted(source) + " is beside a file that is extended by its whole path",
                    "name " + Pointers.quoted(file) + " by its path from the first file's folder");
            return source;
        }
        String joined = joined(source);
        return joined.startsWith(HERE) || joined.startsWith(ABOVE) ? joined : HERE + joined;
    }

    private String joined(String path) {
        if (isWhole(path)) {
            return path;
        }
        String joined = Stream.concat(segments(folder), segments(path)).collect(Collectors.joining("/"));
        if (folder.startsWith("/")) {
            return "/" + joined;
        }
        // as it is written
        return path.startsWith(HERE) && !joined.startsWith(ABOVE) ? HERE + joined : joined;
    }

    private static boolean isWhole(String path) {
        return path.isEmpty() || path.startsWith("/") || path.startsWith("~");
    }

    private static Stream<String> segments(String path) {
        return Arrays.stream(path.split("/")).filter(each -> !Set.of("", ".").contains(each));
    }

    private static String text(@Nullable Part part) {
        return part == null ? "" : part.text();
    }
}
