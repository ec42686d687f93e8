package io.knit.core.wiring;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.KeySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of secrets, as they were given: in a file, in a setting, or else in a file of the server's own in its data folder. Each is Base64 of 32 bytes; the
 * first seals. No message here repeats one.
 */
public final class SecretsKeys implements KeySource {
    /** The setting's key: a file, a key on each line. */
    public static final String FILE = "secrets-key-file";
    /** The setting's key: keys with commas between. */
    public static final String TEXT = "secrets-key";
    /** In the data folder, unless told otherwise. */
    public static final String OWN = "secrets.key";

    private static final Logger LOG = LoggerFactory.getLogger(SecretsKeys.class);
    private static final String HOW = "\"openssl rand -base64 32\" makes one";

    private final @Nullable String text;
    private final Path file;
    private final boolean own;

    private SecretsKeys(@Nullable String text, Path file, boolean own) {
        this.text = text;
        this.file = file;
        this.own = own;
    }

    /**
     * Where they are by these settings.
     *
     * @throws IllegalStateException if both a file and keys are given
     */
    public static SecretsKeys of(Map<String, String> config, Path dataDir) {
        String text = config.get(TEXT);
        String given = config.get(FILE);
        if (text != null && given != null) {
            throw new IllegalStateException(FILE + " and " + TEXT + " are both given; give one of them");
        }
        return new SecretsKeys(text, given == null ? dataDir.resolve(OWN) : Path.of(given), given == null);
    }

    @Override
    public KeyRing read() throws IOException {
        return KeyRing.of(keys());
    }

    private List<byte[]> keys() throws IOException {
        if (text != null) {
            return decoded(Arrays.stream(text.split(",", -1)), "KNIT_SECRETS_KEY");
        }
        if (!Files.exists(file)) {
            if (own) {
                return List.of();
            }
            throw locked("the file of keys for secrets, " + file + ", is not there; bring it back, or give another");
        }
        warnIfOpen();
        return decoded(
                Files.readString(file, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#")),
                file.toString());
    }

    private void warnIfOpen() throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> others = Files.getPosixFilePermissions(file, new LinkOption[0]);
            if (others.stream().anyMatch(it -> it.name().startsWith("OTHERS_"))) {
                LOG.warn("Others on this host may open the keys of secrets in {}; chmod 600 it", file);
            }
        }
    }

    private static List<byte[]> decoded(Stream<String> lines, String where) {
        List<byte[]> keys = new ArrayList<>();
        for (String line : lines.toList()) {
            keys.add(decoded(line.strip(), where));
        }
        if (keys.isEmpty()) {
            throw locked(where + " has no key for secrets; " + HOW);
        }
        return keys;
    }

    private static byte[] decoded(String line, String where) {
        try {
            byte[] key = Base64.getDecoder().decode(line);
            if (key.length == KeyRing.KEY) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // said below, with nothing of it
        }
        throw locked(where + " has something that is no key for secrets (not shown): a key is Base64 of " + KeyRing.KEY
                + " bytes; " + HOW);
    }

    private static KnitException locked(String words) {
        return new KnitException(ErrorCode.SECRETS_LOCKED, words);
    }

    @Override
    public synchronized KeyRing make(byte[] key) throws IOException {
        KeyRing there = read();
        return there.isEmpty() ? write(List.of(key)) : there;
    }

    @Override
    public synchronized KeyRing renew(KeyRing before, byte[] key) throws IOException {
        List<byte[]> there = keys();
        if (own && text == null) {
            requireThere(before.names(), there);
            List<byte[]> all = new ArrayList<>(List.of(key));
            all.addAll(there);
            return write(all);
        }
        KeyRing now = KeyRing.of(there);
        if (!before.isEmpty() && now.first().equals(before.first())) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    text == null
                            ? "the first key in " + file + " is the one in use; write another above it (" + HOW
                                    + "), and ask again"
                            : "the first key in KNIT_SECRETS_KEY is the one in use; start the server with NEW,OLD in it: it then seals"
                                    + " all anew by itself (" + HOW + ")");
        }
        return now;
    }

    @Override
    public synchronized KeyRing settle(KeyRing present) throws IOException {
        if (!own || text != null || present.isEmpty()) {
            return present;
        }
        List<byte[]> there = keys();
        requireThere(Set.of(present.first()), there);
        // one above it was written since, and what is sealed with the one in use still takes that
        int kept = 1;
        while (!KeyRing.of(there.subList(0, kept)).names().contains(present.first())) {
            kept++;
        }
        return kept < there.size() ? write(there.subList(0, kept)) : present;
    }

    /** What is written in the file's place must not be without a key that something is sealed with. */
    private void requireThere(Set<String> inUse, List<byte[]> there) {
        Set<String> lacking = new TreeSet<>(inUse);
        lacking.removeAll(KeyRing.of(there).names());
        if (!lacking.isEmpty()) {
            throw locked("secrets are sealed with " + String.join(", ", lacking) + ", which is not in " + file
                    + " any more; put back the file as it was");
        }
    }

    private KeyRing write(List<byte[]> keys) throws IOException {
        KeyRing ring = KeyRing.of(keys);
        String lines = keys.stream()
                .map(key -> Base64.getEncoder().encodeToString(key) + "\n")
                .collect(Collectors.joining());
        DurableFile.makeFolder(Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file in a folder"));
        DurableFile.writeSecret(
                file,
                ("# Secrets of this server's store are sealed with this key, and lost without it. No backup has it: keep a copy elsewhere.\n"
                                + lines)
                        .getBytes(StandardCharsets.US_ASCII));
        return ring;
    }
}
