package io.knit.core.agent.disk;

import io.knit.api.error.KnitException;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.SpecBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The specs of the kept orders, each once in a file under its hash: {@code specs/<hash>.json}, with secrets. Every method blocks. */
final class KeptSpecs {
    private static final String END = ".json";

    private final Path folder;

    KeptSpecs(Path dataDir) {
        this.folder = dataDir.resolve("specs");
    }

    /**
     * Writes what is not there yet.
     *
     * @param fresh specs as they came from the server; this release may not know all that stands in them
     * @return the orders as they are to be kept: with the name alone where the spec lies under it, else whole
     */
    List<Assignment> keep(Collection<Assignment> orders, Map<String, SpecBlob> fresh) throws IOException {
        List<Assignment> kept = new ArrayList<>();
        for (Assignment order : orders) {
            String name = order.blob();
            if (name == null || order.unreadable() != null) {
                kept.add(order.lean());
            } else if (Files.exists(file(name)) || written(order, name, fresh)) {
                kept.add(order.named());
            } else {
                kept.add(order.whole());
            }
        }
        return kept;
    }

    private boolean written(Assignment order, String name, Map<String, SpecBlob> fresh) throws IOException {
        SpecBlob blob = fresh.get(name);
        if (blob == null && order.spec() != null) {
            blob = SpecBlob.of(order.spec());
        }
        if (blob == null || !blob.blob().equals(name)) {
            return false;
        }
        DurableFile.makeFolder(folder);
        DurableFile.writeSecret(file(name), blob.text().getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    /** The orders with their specs; empty: one of these is not there any more, or is another. */
    Optional<List<Assignment>> resolved(Collection<Assignment> kept) throws IOException {
        List<Assignment> resolved = new ArrayList<>();
        for (Assignment order : kept) {
            String name = order.blob();
            if (name == null || !order.isUnresolved()) {
                resolved.add(order);
                continue;
            }
            if (!SpecBlob.isName(name) || !Files.exists(file(name))) {
                return Optional.empty();
            }
            try {
                SpecBlob blob = SpecBlob.of(name, Files.readString(file(name), StandardCharsets.ISO_8859_1));
                if (!blob.isSound()) {
                    return Optional.empty();
                }
                resolved.add(order.resolved(blob.read()));
            } catch (KnitException e) {
                return Optional.empty();
            }
        }
        return Optional.of(resolved);
    }

    /** Deletes all but those of these orders. What can't be deleted is tried again the next time. */
    void drop(Collection<Assignment> but) {
        Set<String> used = new HashSet<>();
        but.forEach(order -> used.add(order.blob() + END));
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!used.contains(String.valueOf(file.getFileName()))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            // they only take room
        }
    }

    private Path file(String name) {
        return folder.resolve(name + END);
    }
}
