package io.knit.launcher.remote.typed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.yaml.NoYaml;
import io.knit.launcher.yaml.YamlTrees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what is to be sent: JSON, which is YAML too, or YAML. */
public final class SpecFiles {
    private SpecFiles() {}

    /**
     * Documents of all files, in their order; of a folder those that end with {@code .json}, {@code .yaml} or {@code .yml}, by name.
     *
     * @throws IllegalArgumentException if one can't be read, or none is there
     */
    public static List<ObjectNode> read(List<String> files, InputStream standardInput) {
        List<ObjectNode> all = new ArrayList<>();
        for (String file : files) {
            if (file.equals("-")) {
                all.addAll(documents("standard input", standardInput));
            } else {
                for (Path path : paths(file)) {
                    all.addAll(documents(path));
                }
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("there is nothing in " + String.join(", ", files));
        }
        return all;
    }

    /**
     * Documents of what was opened already.
     *
     * @param name what it is called
     * @throws IllegalArgumentException if it can't be read, or none is there
     */
    public static List<ObjectNode> read(String name, InputStream in) {
        List<ObjectNode> all = documents(name, in);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("there is nothing in " + name);
        }
        return all;
    }

    /**
     * What is in a pipe, such as a shell's {@code <(sops -d web.yaml)}, for who reads it twice; null: it is none.
     *
     * @throws IllegalArgumentException if it can't be read
     */
    public static @Nullable InputStream ofPipe(String file) {
        try {
            Path path = Path.of(file);
            if (file.equals("-") || !Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
                return null;
            }
            try (InputStream in = Files.newInputStream(path)) {
                return new ByteArrayInputStream(in.readNBytes(YamlTrees.MOST_BYTES + 1));
            }
        } catch (InvalidPathException | IOException e) {
            throw new IllegalArgumentException(file + " can't be read: " + Faults.words(e), e);
        }
    }

    /** @throws IllegalArgumentException if there is not exactly one document in it */
    public static JsonNode one(String file, InputStream standardInput) {
        List<ObjectNode> all = read(List.of(file), standardInput);
        if (all.size() > 1) {
            throw new IllegalArgumentException(file + " has " + all.size() + " documents; give one");
        }
        return all.get(0);
    }

    private static List<Path> paths(String file) {
        try {
            Path path = Path.of(file);
            if (!Files.isDirectory(path)) {
                return List.of(path);
            }
            try (Stream<Path> inside = Files.list(path)) {
                return inside.filter(one -> one.toString().matches(".*\\.(json|ya?ml)"))
                        .sorted()
                        .toList();
            }
        } catch (InvalidPathException | IOException e) {
            throw new IllegalArgumentException(file + " can't be read: " + Faults.words(e), e);
        }
    }

    private static List<ObjectNode> documents(Path path) {
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("there is no file " + path);
        }
        try (InputStream in = Files.newInputStream(path)) {
            return documents(path.toString(), in);
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " can't be read: " + Faults.words(e), e);
        }
    }

    private static List<ObjectNode> documents(String name, InputStream in) {
        List<ObjectNode> found = new ArrayList<>();
        for (JsonNode one : trees(name, in)) {
            if (one instanceof ObjectNode object) {
                requireSpec(name, object);
                found.add(object);
            } else if (!one.isNull()) {
                throw new IllegalArgumentException(name + " holds no object; write name: …, image: … and the like");
            }
        }
        return found;
    }

    private static List<JsonNode> trees(String name, InputStream in) {
        try {
            return YamlTrees.read(in.readNBytes(YamlTrees.MOST_BYTES + 1));
        } catch (NoYaml e) {
            throw new IllegalArgumentException(name + e.behind(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " can't be read: " + Faults.words(e), e);
        }
    }

    /** One that is read as a stack gets here only where it can't be. */
    private static void requireSpec(String name, ObjectNode document) {
        if (document.path("services").isObject() && !document.has("image")) {
            throw new IllegalArgumentException(
                    name + " is a Compose file, which is a stack of its own, with what lies beside it;"
                            + " give each of them alone: knit deploy compose.yaml");
        }
    }
}
