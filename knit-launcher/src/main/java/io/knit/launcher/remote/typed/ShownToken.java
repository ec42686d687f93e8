package io.knit.launcher.remote.typed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The token that is shown to a server: never typed among the words, where others on this host see it. No message here repeats it. */
public final class ShownToken {
    private static final String TOKEN = "KNIT_TOKEN";
    private static final String FILE = "KNIT_TOKEN_FILE";

    private ShownToken() {}

    /**
     * What was typed goes before a variable, and a file before the other.
     *
     * @param typed a file's name, or empty
     * @throws IllegalArgumentException if the file can't be read
     */
    public static Optional<String> of(String typed, Map<String, String> environment) {
        String file = typed.isBlank() ? environment.getOrDefault(FILE, "") : typed;
        if (!file.isBlank()) {
            return Optional.of(inFile(typed.isBlank() ? FILE : "--token-file", file));
        }
        return Optional.ofNullable(environment.get(TOKEN)).filter(token -> !token.isBlank());
    }

    /**
     * A file's first line.
     *
     * @param origin what named the file: {@code --token-file}
     * @throws IllegalArgumentException if it can't be read, or has none
     */
    public static String inFile(String origin, String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> new IllegalArgumentException(
                            origin + " " + file + " has no first line; write the token there"));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(origin + " " + file + " does not exist", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(origin + " " + file + " can't be read; may this user read it?", e);
        }
    }
}
