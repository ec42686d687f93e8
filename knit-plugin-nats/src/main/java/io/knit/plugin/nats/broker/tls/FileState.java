package io.knit.plugin.nats.broker.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/** What tells whether files were changed or replaced, without reading them. */
final class FileState {
    private FileState() {}

    static List<String> of(Stream<Path> files) {
        return files.map(FileState::of).toList();
    }

    private static String of(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + ' ' + now.fileKey();
        } catch (IOException e) {
            return "not there";
        }
    }
}
