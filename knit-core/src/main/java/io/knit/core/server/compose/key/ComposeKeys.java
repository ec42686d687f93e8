package io.knit.core.server.compose.key;

import static io.knit.core.server.compose.key.ComposeKey.refused;
import static io.knit.core.server.compose.key.ComposeKey.remarked;
import static io.knit.core.server.compose.key.ComposeKey.taken;

import io.knit.core.server.compose.text.ComposeFinding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The one table: every key, in the order in which people read it. {@code docs/compose.md} has it, too. */
public final class ComposeKeys {
    private static final List<ComposeKey> TOP = List.of(
            taken("name", "the project's name, unless another is given: the `stack`"),
            remarked("version", "has no meaning any more", "leave it out"),
            taken("services", "a deployment each, `<project>-<service>`"),
            refused(
                    "include",
                    "other files are not included",
                    "write their services into this file, or deploy each file as a project of its own; or: "
                            + ComposeFinding.AS_ONE),
            refused("models", "no models are run", "run what serves the model as a service"),
            taken("networks", "see each service's `networks`"),
            taken(
                    "networks.*.name",
                    "the network's name, without the project's; of `host` and `none` the host's, or none"),
            taken(
                    "networks.*.driver",
                    "`bridge`; `overlay` with a remark, for what runs on several nodes; others are refused"),
            taken("networks.*.external", "the network `name`, which stacks share"),
            taken("networks.*.external.name", "`external: true` and `name`, as it was written before, with a remark"),
            taken("networks.*.internal", "`internal` of the network, with a remark"),
            remarked("networks.*.driver_opts", "networks are as the engine makes them", ""),
            remarked("networks.*.ipam", "addresses are the engine's choice", "find services by their ports"),
            remarked("networks.*.enable_ipv4", "the engine's bridge is as its daemon has it", ""),
            remarked("networks.*.enable_ipv6", "the engine's bridge is as its daemon has it", ""),
            remarked("networks.*.attachable", "networks are as the engine makes them", ""),
            remarked("networks.*.labels", "networks are as the engine makes them", ""),
            taken(
                    "volumes",
                    "see each service's `volumes`; one that several services mount is one's of them, and [shared](#files-and-volumes)"),
            taken(
                    "volumes.*.name",
                    "`name` of the volume; unless given the name it has here. One that is `PROJECT_VOLUME`, as `docker compose config` writes it, has a remark: it is another volume"),
            taken("volumes.*.driver", "`driver` of the volume"),
            taken("volumes.*.driver_opts", "`options` of the volume; with `o: bind` a folder of the host, `bind`"),
            taken("volumes.*.external", "`false`; `true` is refused: it is on a host that the file does not name"),
            taken("volumes.*.external.name", "the same as `true`"),
            remarked("volumes.*.labels", "a volume has Knit's labels alone", ""),
            taken("configs", "see each service's `configs`"),
            remarked("configs.*.name", "a config is a file in the container, which needs no name beside its path", ""),
            taken("configs.*.content", "the file's content"),
            taken("configs.*.environment", "a variable that is the file's content"),
            taken("configs.*.file", "a file beside this one that is given along: the file's content"),
            refused(
                    "configs.*.external",
                    "no configs are kept beside deployments",
                    "write content: or file: with what it holds"),
            remarked("configs.*.labels", "it is a file in the container, which has no labels", ""),
            refused(
                    "configs.*.template_driver",
                    "other template languages are not known",
                    "write it as one of `templates` in a spec of your own"),
            taken("secrets", "see each service's `secrets`"),
            taken(
                    "secrets.*.name",
                    "the secret's name on the server, without the project's before it; one that is `PROJECT_SECRET` has a remark, as with volumes"),
            taken(
                    "secrets.*.environment",
                    "with [`knit deploy --secrets`](#secrets) what the secret PROJECT.NAME, or as `name` says, holds if it is not set yet; else nothing, with a remark"),
            taken(
                    "secrets.*.file",
                    "with [`knit deploy --secrets`](#secrets) what the secret PROJECT.NAME, or as `name` says, holds if it is not set yet; else nothing, with a remark"),
            taken("secrets.*.external", "`true`: the secret has this name to the letter"),
            taken("secrets.*.external.name", "`external: true` and `name`, as it was written before, with a remark"),
            remarked("secrets.*.labels", "a secret has no labels", ""),
            refused("secrets.*.driver", "no other keepers of secrets are asked", "leave it out"),
            refused("secrets.*.driver_opts", "no other keepers of secrets are asked", "leave it out"),
            refused(
                    "secrets.*.template_driver",
                    "other template languages are not known",
                    "write it as one of `templates` in a spec of your own"));

    private static final List<ComposeKey> ALL = List.of(TOP, ServiceKeys.ALL, DeployKeys.ALL).stream()
            .flatMap(List::stream)
            .toList();

    private static final Map<String, ComposeKey> BY_PATH = byPath();
    private static final Map<String, List<String>> BELOW = below();

    private ComposeKeys() {}

    /** In the table's order. */
    public static List<ComposeKey> all() {
        return ALL;
    }

    private static Map<String, ComposeKey> byPath() {
        Map<String, ComposeKey> rows = new LinkedHashMap<>();
        for (ComposeKey key : ALL) {
            if (rows.put(key.path(), key) != null) {
                throw new IllegalStateException("the table has two rows of " + key.path());
            }
        }
        return Collections.unmodifiableMap(rows);
    }

    private static Map<String, List<String>> below() {
        Map<String, Set<String>> names = new TreeMap<>();
        for (ComposeKey key : ALL) {
            String above = "";
            for (String name : key.path().split("\\.")) {
                names.computeIfAbsent(above, any -> new LinkedHashSet<>()).add(name);
                above = above.isEmpty() ? name : above + "." + name;
            }
        }
        Map<String, List<String>> below = new TreeMap<>();
        names.forEach((path, all) -> below.put(path, List.copyOf(all)));
        return Collections.unmodifiableMap(below);
    }

    /** The row of a key; null: there is none. */
    static @Nullable ComposeKey at(String path) {
        return BY_PATH.get(path);
    }

    /** The names that are known below one; empty: nothing is said of what is there. */
    static List<String> namesBelow(String path) {
        return BELOW.getOrDefault(path, List.of());
    }
}
