package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders beside a Compose file, which are on no node: as volumes of who mounts them, where who deploys says so. */
final class TakenFolders {
    private final ServiceAround around;
    /** By service: each is asked for by all others. */
    private final Map<String, List<Mounted>> mounted = new HashMap<>();

    /** @param around the same for all services */
    TakenFolders(ServiceAround around) {
        this.around = around;
    }

    /**
     * What a service mounts that is a volume of its instances.
     *
     * @param volume the name that it gets
     * @param folder beside the file; null: it is none
     * @param target where
     * @param unnamed whether its target names it
     */
    private record Mounted(
            String service, String volume, @Nullable String folder, String target, boolean unnamed) {}

    /** Whether it is said. */
    boolean areTaken() {
        return around.liberties().contains(Liberty.FOLDERS_AS_VOLUMES);
    }

    /** Whether it leads from the file's own folder, or from that of who types. */
    static boolean isBeside(@Nullable String type, String source) {
        return isPath(type, source) && !source.startsWith("/");
    }

    /**
     * Whether it is a path, and no name.
     *
     * @param type as it is said; null: the source says it
     */
    static boolean isPath(@Nullable String type, String source) {
        return "bind".equals(type) || type == null && source.matches("[./~].*");
    }

    /** Whether something is there that is no folder: one that is not there, Compose makes. */
    boolean isFile(String source) {
        try {
            return around.beside().apply(source) != null;
        } catch (NoTextException e) {
            return true;
        }
    }

    /** The volume that it is; empty: it can't be one, as was said. */
    Optional<String> volume(ServiceReading in, String service, Spot at, String source, String target) {
        String folder = plain(source);
        String name = name(folder, target);
        Set<String> users = users(folder);
        List<Mounted> there = there(service);
        Optional<Mounted> same = there.stream()
                .filter(each -> each.volume().equals(name) && !folder.equals(each.folder()))
                .findFirst();
        Optional<Mounted> twice = there.stream()
                .filter(each -> folder.equals(each.folder()) && !each.volume().equals(name))
                .findFirst();
        if (users.size() > 1) {
            in.refuse(
                    at,
                    "volumes: the folder " + source + " is, in whole or in part, of several services ("
                            + String.join(", ", users) + "), and a volume is one service's",
                    "share a folder of the hosts (/PATH instead of " + source
                            + ") or an NFS share (driver_opts: {type: nfs, …})");
        } else if (same.isPresent()) {
            in.refuse(
                    at,
                    "volumes: " + source + " would be the volume " + name + ", as another of "
                            + whose(same.get(), service)
                            + " is",
                    "rename one of them");
        } else if (twice.isPresent()) {
            in.refuse(
                    at,
                    "volumes: " + source + " would be two volumes, " + name + " and, in " + whose(twice.get(), service)
                            + ", " + twice.get().volume(),
                    "mount it in one place alone"
                            + (twice.get().service().equals(service) ? "" : ", or in all under one path"));
        } else if (there.stream()
                .map(Mounted::folder)
                .anyMatch(each -> each != null && !each.equals(folder) && overlap(each, folder))) {
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

    /** Whose other volume has the name that one gets of its target; empty: nobody's. Of folders that is said with them. */
    Optional<String> whoseOther(String service, String volume, String target) {
        return there(service).stream()
                .filter(each -> each.volume().equals(volume) && each.folder() == null)
                .filter(each -> !each.unnamed()
                        || !each.service().equals(service)
                        || !each.target().equals(target))
                .map(each -> whose(each, service))
                .findFirst();
    }

    private static String whose(Mounted mounted, String service) {
        return mounted.service().equals(service) ? "this service" : mounted.service();
    }

    private static String name(String folder, String target) {
        String made = name(folder);
        return made.isEmpty() ? name(target) : made;
    }

    private static String name(String path) {
        return path.replaceAll("[^A-Za-z0-9_.]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
    }

    /** Services that mount something of it, and are not in one instance. */
    private Set<String> users(String folder) {
        Map<String, String> users = new HashMap<>();
        Set<String> names = new LinkedHashSet<>();
        around.deployments().forEach((name, deployment) -> {
            boolean mounts =
                    mounted(name).stream().map(Mounted::folder).anyMatch(each -> each != null && overlap(each, folder));
            if (mounts && users.putIfAbsent(deployment, name) == null) {
                names.add(name);
            }
        });
        return names;
    }

    private static boolean overlap(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other) || isIn(one, other) || isIn(other, one);
    }

    private static boolean isIn(String inner, String outer) {
        return inner.length() > outer.length() && inner.startsWith(outer) && inner.charAt(outer.length()) == '/';
    }

    /** What all mount that are in one instance with it. */
    private List<Mounted> there(String service) {
        Map<String, String> deployments = around.deployments();
        String own = deployments.getOrDefault(service, service);
        return deployments.keySet().stream()
                .filter(each -> own.equals(deployments.get(each)))
                .flatMap(each -> mounted(each).stream())
                .toList();
    }

    private List<Mounted> mounted(String of) {
        return mounted.computeIfAbsent(of, this::read);
    }

    private List<Mounted> read(String of) {
        Part part = around.services().get(of);
        Part all = part == null ? null : part.at("volumes");
        List<Mounted> mounted = new ArrayList<>();
        for (Part each : all == null ? List.<Part>of() : all.items()) {
            boolean isLong = each.is(Kind.MAP);
            List<String> words = List.of(each.text().split(":", -1));
            String type = isLong ? text(each, "type", "volume") : null;
            String source = isLong ? text(each, "source", "") : words.size() > 1 ? words.get(0) : "";
            String target =
                    TakenVolumes.folder(isLong ? text(each, "target", "") : words.get(words.size() > 1 ? 1 : 0));
            if (isBeside(type, source)) {
                if (!isFile(source)) {
                    String folder = plain(source);
                    mounted.add(new Mounted(of, name(folder, target), folder, target, false));
                }
            } else if (!isPath(type, source)
                    && !"tmpfs".equals(type)
                    && !TakenVolumes.isOfHost(around.file(), source)) {
                String volume = source.isEmpty()
                        ? TakenVolumes.unnamed(part != null && TakenNetwork.isOfAnother(part) ? of : "", target)
                        : TakenVolumes.named(around.file(), source);
                mounted.add(new Mounted(of, volume, null, target, source.isEmpty()));
            }
        }
        return mounted;
    }

    private static String text(Part of, String key, String otherwise) {
        Part part = of.at(key);
        return part == null || part.is(Kind.NOTHING) ? otherwise : part.text();
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
