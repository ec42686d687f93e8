package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a service keeps its data: volumes by name, paths of the host, and what is in memory. */
final class TakenVolumes {
    private static final Set<String> SHARES = Set.of("nfs", "nfs4", "cifs", "smb3");
    private static final Set<String> MODES = Set.of("ro", "rw");
    private static final List<String> LABELS = List.of("z", "Z");
    private static final List<String> CONSISTENCIES = List.of("cached", "delegated", "consistent");
    /** What is mounted later, as it is seen unless given, first. */
    private static final List<String> PROPAGATIONS =
            List.of("rprivate", "private", "rslave", "slave", "rshared", "shared");

    private static final int MOST_MODE = 01777;

    private final ServiceReading in;
    private final String service;
    private final TakenFolders folders;
    /** Whose one is that has no name in the file, where another of the instance may have one at the same path; else empty. */
    private final String whose;

    /** @param service its name */
    TakenVolumes(ServiceReading in, String service, TakenFolders folders) {
        this.in = in;
        this.service = service;
        this.folders = folders;
        this.whose = TakenNetwork.isOfAnother(in) ? service : "";
    }

    void take() {
        in.given("volumes").ifPresent(part -> in.each(part, "volumes", this::volume));
    }

    private void volume(Part part, boolean isLong) {
        if (isLong) {
            longVolume(part);
            return;
        }
        List<String> parts = Arrays.asList(part.text().split(":", -1));
        if (parts.size() > 3 || parts.stream().anyMatch(String::isEmpty)) {
            in.refuse(
                    part.spot(),
                    "volumes: " + part.text() + " is none",
                    "write NAME:/PATH or /HOST/PATH:/PATH, with :ro behind it if it is only read");
            return;
        }
        boolean readOnly = false;
        String propagation = "";
        if (parts.size() == 3) {
            for (String mode : parts.get(2).split(",")) {
                if (PROPAGATIONS.contains(mode)) {
                    propagation = mode;
                } else if (LABELS.contains(mode)) {
                    in.remark(
                            part.spot(),
                            mode + ": labels of SELinux are its host's to set",
                            "where a host has it, label the folder there: chcon -Rt container_file_t");
                } else if (CONSISTENCIES.contains(mode)) {
                    in.remark(part.spot(), mode + ": nodes run Linux, where it has no meaning", "leave it out");
                } else if (!MODES.contains(mode)) {
                    in.refuse(part.spot(), "volumes: " + part.text() + ": " + mode + " is not known", "give ro or rw");
                }
                readOnly |= mode.equals("ro");
            }
        }
        boolean named = parts.size() > 1;
        mount(part.spot(), named ? parts.get(0) : "", parts.get(named ? 1 : 0), new Way(null, readOnly, propagation));
    }

    private void longVolume(Part part) {
        String type = ServiceReading.given(part, "type").map(Part::text).orElse("volume");
        String source = ServiceReading.given(part, "source").map(Part::text).orElse("");
        Optional<String> target = ServiceReading.given(part, "target").flatMap(each -> in.text(each, "target"));
        boolean readOnly = ServiceReading.given(part, "read_only")
                .flatMap(each -> in.flag(each, "read_only"))
                .orElse(false);
        if (target.isEmpty()) {
            in.refuse(part.spot(), "a volume has no target", "write target: with the path in the container");
        } else if (type.equals("tmpfs")) {
            tmpfs(part, target.get());
        } else if (type.equals("volume") || type.equals("bind")) {
            String propagation = ServiceReading.given(part, "bind")
                    .map(each -> in.map(each, "bind"))
                    .flatMap(bind -> ServiceReading.given(bind, "propagation"))
                    .flatMap(each -> in.text(each, "propagation"))
                    .orElse("");
            mount(part.spot(), source, target.get(), new Way(type, readOnly, propagation));
        } else {
            in.refuse(part.spotOf("type"), "type: " + type + " is not mounted", "give volume, bind or tmpfs");
        }
    }

    private void tmpfs(Part part, String target) {
        List<String> options = new ArrayList<>();
        ServiceReading.given(part, "tmpfs").map(each -> in.map(each, "tmpfs")).ifPresent(tmpfs -> {
            ServiceReading.given(tmpfs, "size")
                    .flatMap(each -> in.size(each, "size"))
                    .ifPresent(size -> options.add("size=" + size));
            ServiceReading.given(tmpfs, "mode")
                    .flatMap(each -> in.mode(each, MOST_MODE, "octal digits such as 01777"))
                    .ifPresent(mode -> options.add("mode=" + mode.replaceFirst("^0", "")));
        });
        TakenIsolation.tmpfs(in, part.spot(), target + (options.isEmpty() ? "" : ":" + String.join(",", options)));
    }

    /**
     * How something is mounted.
     *
     * @param type as it is said; null: the source says it
     * @param propagation empty: unless given
     */
    private record Way(@Nullable String type, boolean readOnly, String propagation) {}

    private void mount(Spot at, String source, String given, Way way) {
        String target = folder(given);
        String type = way.type();
        boolean path = TakenFolders.isPath(type, source);
        if (TakenFolders.isBeside(type, source)) {
            beside(at, source, target, way.readOnly());
            return;
        }
        ObjectNode volume = JsonNodeFactory.instance.objectNode();
        if (path) {
            volume.put("bind", folder(source));
        } else if (!name(at, source, target, volume)) {
            return;
        }
        volume.put("destination", target);
        if (way.readOnly()) {
            volume.put("read_only", true);
        }
        if (!way.propagation().isEmpty() && !way.propagation().equals(PROPAGATIONS.get(0))) {
            volume.put("propagation", way.propagation());
        }
        in.draft.add("volumes", at, volume);
    }

    /** The same with a slash behind it or without. */
    static String folder(String path) {
        return path.replaceFirst("(?<=.)/+$", "");
    }

    /** A path of who typed is on no node; a file of his that is only read can go along. */
    private void beside(Spot at, String source, String target, boolean readOnly) {
        String text = readOnly ? in.around.textOf(source) : null;
        if (text != null) {
            TakenFiles.mounted(in, at, source, target, text);
            return;
        }
        boolean folder = !folders.isFile(source);
        if (folder && folders.areTaken()) {
            folders.volume(in, service, at, source, target).ifPresent(name -> {
                ObjectNode volume =
                        JsonNodeFactory.instance.objectNode().put("name", name).put("destination", target);
                if (readOnly) {
                    volume.put("read_only", true);
                }
                in.draft.add("volumes", at, volume);
            });
            return;
        }
        in.refuse(
                at,
                "volumes: " + source + " is beside this file, and no node has it",
                "use a volume by name, or an absolute path that is on the nodes; "
                        + (folder
                                ? "knit deploy --folders-as-volumes (in POST /compose folders_as_volumes) takes a folder as a volume, which begins empty; "
                                : "")
                        + "a file that is only read is sent along if it is there, is text, and :ro stands behind it");
    }

    /** A volume is a slot's: its name need not say whose. False: it can't be taken. */
    private boolean name(Spot at, String source, String target, ObjectNode volume) {
        if (source.isEmpty()) {
            String name = unnamed(whose, target);
            Optional<String> other = folders.whoseOther(service, name, target);
            other.ifPresent(of -> in.refuse(
                    at,
                    "volumes: " + target + " would be the volume " + name + ", as another of " + of + " is",
                    "give it a name of its own: NAME:" + target + ", and NAME under volumes: at the top"));
            volume.put("name", name);
            return other.isEmpty();
        }
        Part all = in.around.file().at("volumes");
        if (all == null || !all.members().containsKey(source)) {
            in.refuse(at, "there is no volume " + source + " at the top of the file", "add it under volumes:");
            return false;
        }
        Part top = Optional.ofNullable(all.at(source)).orElse(Part.nothing(at));
        Map<String, String> options = options(top);
        String device = options.getOrDefault("device", "");
        if (isOfHost(options.getOrDefault("o", ""), device)) {
            // a folder of the host in another spelling
            volume.put("bind", device);
            return true;
        }
        boolean share = SHARES.contains(options.getOrDefault("type", ""));
        ServiceReading.given(top, "driver")
                .flatMap(each -> in.text(each, "driver"))
                .ifPresent(driver -> volume.put("driver", driver));
        boolean local = !share && volume.path("driver").asText("local").equals("local");
        volume.put("name", in.nameOf(top, source, source).orElse(source));
        options.forEach((key, value) -> volume.withObject("/options").put(key, value));
        return !local || own(at, source, top, all.spotOf(source), volume);
    }

    /** The name of one that has none in the file. */
    static String unnamed(String whose, String target) {
        return (whose.isEmpty() ? "" : whose + "-")
                + target.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    /** The name of one that has one there. */
    static String named(Part file, String source) {
        String name = text(at(at(at(file, "volumes"), source), "name"));
        return name.isEmpty() ? source : name;
    }

    /** Whether one of that name is a folder of the host. */
    static boolean isOfHost(Part file, String source) {
        Part options = at(at(at(file, "volumes"), source), "driver_opts");
        return isOfHost(text(at(options, "o")), text(at(options, "device")));
    }

    private static boolean isOfHost(String options, String device) {
        return Arrays.asList(options.split(",")).contains("bind") && device.startsWith("/");
    }

    private static @Nullable Part at(@Nullable Part part, String key) {
        return part == null ? null : part.at(key);
    }

    private static String text(@Nullable Part part) {
        return part == null ? "" : part.text();
    }

    private Map<String, String> options(Part top) {
        Map<String, String> options = new LinkedHashMap<>();
        ServiceReading.given(top, "driver_opts")
                .map(each -> in.map(each, "driver_opts"))
                .ifPresent(given -> given.members()
                        .forEach((key, value) -> in.text(value, key).ifPresent(text -> options.put(key, text))));
        return options;
    }

    /** Whether it can be a volume of this service's, or of another's whose it shares. */
    private boolean own(Spot at, String source, Part top, Spot topAt, ObjectNode volume) {
        List<String> users = VolumeHolder.users(in.around, source);
        if (in.isExternal(top)) {
            in.refuse(
                    topAt,
                    "the volume " + source + " is there already, on a host that this file does not name",
                    "leave external out and copy what is in it, or name its folder on the host: /PATH instead of "
                            + source);
            return false;
        }
        if (users.stream().map(in.around.deployments()::get).distinct().count() < 2) {
            return true;
        }
        String own = in.draft.json().path("name").asText();
        Optional<String> holder = VolumeHolder.of(in.around, source);
        if (holder.isEmpty() || !holder.get().equals(own) && TakenDeploy.isGlobal(in)) {
            in.refuse(
                    at,
                    "the volume " + source + " is of several services (" + String.join(", ", users) + "), and "
                            + (holder.isEmpty()
                                    ? "each of them has several instances, of which each has one of its own"
                                    : "one of them runs on every node, of which one has it"),
                    "have one of them run once, or take a folder of the hosts (/PATH instead of " + source
                            + ") or an NFS share (driver_opts: {type: nfs, …})");
            return false;
        }
        if (!holder.get().equals(own)) {
            volume.put("of", holder.get());
            volume.remove(List.of("driver", "options"));
            in.remark(
                    at,
                    "the volume " + source + " is kept by " + holder.get() + "; " + service + " shares it, on its node",
                    "");
        }
        return true;
    }
}
