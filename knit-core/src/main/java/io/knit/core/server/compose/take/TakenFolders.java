package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders beside a Compose file, which are on no node: as volumes of who mounts them, where who deploys says so. */
final class TakenFolders {
    private final ServiceReading in;
    /** By the name of its volume. */
    private final Map<String, String> folders = new HashMap<>();

    TakenFolders(ServiceReading in) {
        this.in = in;
    }

    /** Whether it is said. */
    boolean areTaken() {
        return in.around.liberties().contains(Liberty.FOLDERS_AS_VOLUMES);
    }

    /** Whether it leads from the file's own folder. */
    static boolean isBeside(String source) {
        return source.matches("[.~].*");
    }

    /** Whether something is there that is no folder: one that is not there, Compose makes. */
    boolean isFile(String source) {
        try {
            return in.around.beside().apply(source) != null;
        } catch (NoTextException e) {
            return true;
        }
    }

    /** The volume that it is; empty: it can't be one, as was said. */
    Optional<String> volume(Spot at, String source, String target) {
        String folder = plain(source);
        String made = name(folder.isEmpty() ? target : folder);
        String name = made.isEmpty() ? name(target) : made;
        String other = Objects.requireNonNullElse(folders.putIfAbsent(name, folder), folder);
        Set<String> users = users(folder);
        if (users.size() > 1) {
            in.refuse(
                    at,
                    "volumes: the folder " + source + " is, in whole or in part, of several services ("
                            + String.join(", ", users) + "), and a volume is one service's",
                    "share a folder of the hosts (/PATH instead of " + source
                            + ") or an NFS share (driver_opts: {type: nfs, …})");
        } else if (!other.equals(folder) || TakenVolumes.mounts(in.service, name)) {
            in.refuse(
                    at,
                    "volumes: " + source + " would be the volume " + name + ", as another of this service is",
                    "rename one of them");
        } else if (sources(in.service).stream()
                .map(TakenFolders::plain)
                .anyMatch(each -> !each.equals(folder) && overlap(each, folder))) {
            in.refuse(
                    at,
                    "volumes: of " + source
                            + " another is mounted that lies in it, or it in that, and no volume lies in another",
                    "mount one of them alone");
        } else {
            String deployment = in.draft.json().path("name").asText();
            in.remark(
                    at,
                    "volumes: " + source + " becomes the volume " + name + " of each of its slots, which begins empty",
                    "fill it with knit volume restore " + deployment + " 0 " + name
                            + ", while the deployment is scaled to 0");
            return Optional.of(name);
        }
        return Optional.empty();
    }

    private static String name(String path) {
        return path.replaceAll("[^A-Za-z0-9_.]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
    }

    /** Services that mount something of it, and are not in one instance. */
    private Set<String> users(String folder) {
        Map<String, String> users = new HashMap<>();
        Set<String> names = new LinkedHashSet<>();
        in.around.deployments().forEach((name, deployment) -> {
            boolean mounts =
                    sources(in.around.services().get(name)).stream().anyMatch(each -> overlap(plain(each), folder));
            if (mounts && users.putIfAbsent(deployment, name) == null) {
                names.add(name);
            }
        });
        return names;
    }

    private static boolean overlap(String one, String other) {
        return one.isEmpty()
                || other.isEmpty()
                || (one + "/").startsWith(other + "/")
                || (other + "/").startsWith(one + "/");
    }

    /** The folders beside the file that a service mounts. */
    private List<String> sources(@Nullable Part service) {
        Part all = service == null ? null : service.at("volumes");
        List<String> sources = new ArrayList<>();
        for (Part each : all == null ? List.<Part>of() : all.items()) {
            Part given = each.at("source");
            String source = given == null ? each.text().split(":", 2)[0] : given.text();
            if (isBeside(source) && !isFile(source)) {
                sources.add(source);
            }
        }
        return sources;
    }

    /** Without what leads nowhere; of the file's own folder empty. */
    private static String plain(String source) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : source.split("/")) {
            if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }
}
