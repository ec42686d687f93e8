package io.knit.core.agent.disk;

import io.knit.api.error.KnitException;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.WireCodec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the kept orders read of variables, secrets and files, each version once: {@code values/<kind>-<version>-<name>.json}, secrets as the boxes in which they came. Every method blocks. */
final class KeptValues {
    private static final String END = ".json";
    private static final Pattern SAFE = Pattern.compile("[a-z]{1,20}-[0-9]{1,10}-[A-Za-z0-9._-]{1,128}");

    private final Path folder;

    KeptValues(Path dataDir) {
        this.folder = dataDir.resolve("values");
    }

    /** Writes what is not there yet. */
    void keep(Collection<Assignment> orders) throws IOException {
        for (Assignment order : orders) {
            for (ReadValue value : order.reads()) {
                Path file = file(value);
                if (value.body() != null && file != null && !Files.exists(file)) {
                    DurableFile.makeFolder(folder);
                    DurableFile.writeSecret(file, WireCodec.encode(value));
                }
            }
        }
    }

    /** The orders with what they read; empty: something of it is not there. */
    Optional<List<Assignment>> resolved(Collection<Assignment> kept) throws IOException {
        List<Assignment> resolved = new ArrayList<>();
        for (Assignment order : kept) {
            List<ReadValue> values = new ArrayList<>();
            for (ReadValue value : order.reads()) {
                ReadValue found = read(value);
                if (found == null) {
                    return Optional.empty();
                }
                values.add(found);
            }
            resolved.add(values.isEmpty() ? order : order.reading(values));
        }
        return Optional.of(resolved);
    }

    private @Nullable ReadValue read(ReadValue named) throws IOException {
        Path file = file(named);
        if (named.body() != null || named.refused() != null) {
            return named;
        }
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try {
            ReadValue found = WireCodec.decode(Files.readAllBytes(file), ReadValue.class);
            return found.key().equals(named.key()) ? found : null;
        } catch (KnitException e) {
            return null;
        }
    }

    /** Deletes all but what these orders read. What can't be deleted is tried again the next time. */
    void drop(Collection<Assignment> but) {
        Set<Path> used = new HashSet<>();
        but.forEach(order -> order.reads().forEach(value -> used.add(file(value))));
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!used.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            // they only take room
        }
    }

    /** Null: with such a name none is kept. */
    private @Nullable Path file(ReadValue value) {
        String name = value.kind() + "-" + value.version() + "-" + value.name();
        return SAFE.matcher(name).matches() ? folder.resolve(name + END) : null;
    }
}
