package io.knit.launcher.remote.home;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.yaml.NoYaml;
import io.knit.launcher.yaml.YamlForm;
import io.knit.launcher.yaml.YamlTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The clusters that somebody knows by name, and which one is asked unless told: a file that only its owner can read. It has no token, only where one is.
 *
 * @param current the name of the one that is asked; empty: none is chosen
 * @param known by name
 */
public record Contexts(String current, Map<String, Context> known) {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /**
     * One cluster.
     *
     * @param server its server's address
     * @param tokenFile where the token is that it is shown; empty: none is
     * @param caFile by what its certificate is known; empty: as the system knows it
     */
    public record Context(String server, String tokenFile, String caFile) {}

    public Contexts {
        known = new TreeMap<>(known);
    }

    /** Where they are kept. */
    public static Path file(Map<String, String> environment) {
        String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path folder = base.startsWith("/")
                ? Path.of(base)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")), ".config");
        return folder.resolve("knit").resolve("contexts.yaml");
    }

    /** @throws IllegalArgumentException if the file can't be read */
    public static Contexts read(Map<String, String> environment) {
        Path file = file(environment);
        if (!Files.exists(file)) {
            return new Contexts("", Map.of());
        }
        try {
            // as it is written: a name such as 1.10 had no quotes once
            JsonNode tree = YamlTrees.written(Files.readAllBytes(file));
            Map<String, Context> known = new LinkedHashMap<>();
            if (tree != null) {
                tree.path("contexts").properties().forEach(entry -> {
                    JsonNode one = entry.getValue();
                    known.put(
                            entry.getKey(),
                            new Context(text(one, "server"), text(one, "token_file"), text(one, "ca_file")));
                });
            }
            return new Contexts(tree == null ? "" : text(tree, "current"), known);
        } catch (NoYaml e) {
            throw new IllegalArgumentException(file + " can't be read as YAML; mend or remove it", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " can't be read; may this user read it?", e);
        }
    }

    private static String text(JsonNode of, String field) {
        return of.path(field).asText("");
    }

    /** Writes the whole file anew, readable by its owner alone, or leaves the old one. */
    public void write(Map<String, String> environment) {
        Path file = file(environment);
        ObjectNode tree = tree();
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(
                    folder,
                    "contexts",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, YamlForm.of(tree));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Refused(
                    Refused.Kind.UNWRITTEN,
                    file + " can't be written (" + Faults.words(e) + "); may this user write there?");
        }
    }

    /** As it is written. */
    ObjectNode tree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("current", current);
        ObjectNode all = tree.putObject("contexts");
        known.forEach((name, one) -> {
            ObjectNode node = all.putObject(name).put("server", one.server());
            if (!one.tokenFile().isEmpty()) {
                node.put("token_file", one.tokenFile());
            }
            if (!one.caFile().isEmpty()) {
                node.put("ca_file", one.caFile());
            }
        });
        return tree;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public Context of(String name) {
        Context one = known.get(name);
        if (one == null) {
            throw new IllegalArgumentException(none(name));
        }
        return one;
    }

    /**
     * The same, where it is what was asked for and not a word about where to ask.
     *
     * @throws Refused that ends as whatever is not found
     */
    Context kept(String name) {
        Context one = known.get(name);
        if (one == null) {
            throw Refused.notFound(none(name));
        }
        return one;
    }

    private String none(String name) {
        return "there is no context " + name + "; "
                + (known.isEmpty()
                        ? "knit context add NAME URL makes one"
                        : "there are " + String.join(", ", known.keySet()));
    }

    /** @throws IllegalArgumentException if it is no name */
    public static String requireName(String name) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "a context's name has 1 to 63 of A-Z a-z 0-9 . _ -, and begins with a letter or digit");
        }
        return name;
    }

    /**
     * The variables as if the context that counts had said them. What is said otherwise goes before it as a whole: a token is shown to no other server than its context's.
     *
     * @param typed the name that was typed; empty: {@code KNIT_CONTEXT}, else the one in use
     * @param server whether the server was typed
     */
    public static Map<String, String> in(Map<String, String> environment, String typed, boolean server) {
        String named = typed.isEmpty() ? environment.getOrDefault("KNIT_CONTEXT", "") : typed;
        if (server && !typed.isEmpty()) {
            throw new IllegalArgumentException("--context and --server name two servers; leave one out");
        }
        boolean said = server
                || typed.isEmpty()
                        && !environment.getOrDefault("KNIT_SERVER", "").isBlank();
        if (said) {
            return environment;
        }
        Contexts all = read(environment);
        String name = named.isEmpty() ? all.current() : named;
        if (name.isEmpty()) {
            return environment;
        }
        Context one = all.of(name);
        Map<String, String> with = new LinkedHashMap<>(environment);
        with.put("KNIT_SERVER", one.server());
        boolean shown = isGiven(environment, "KNIT_TOKEN") || isGiven(environment, "KNIT_TOKEN_FILE");
        if (!one.tokenFile().isEmpty() && !shown) {
            with.put("KNIT_TOKEN_FILE", one.tokenFile());
        }
        if (!one.caFile().isEmpty() && !isGiven(environment, "KNIT_CA")) {
            with.put("KNIT_CA", one.caFile());
        }
        return with;
    }

    /** One that is empty is none, as everywhere. */
    private static boolean isGiven(Map<String, String> environment, String variable) {
        return !environment.getOrDefault(variable, "").isBlank();
    }
}
