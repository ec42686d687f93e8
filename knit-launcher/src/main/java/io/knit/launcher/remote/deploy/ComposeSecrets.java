package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.KnitClientException.Problem;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeStack;
import io.knit.core.server.compose.take.ComposeSecret;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Secrets of a Compose file that are not set yet, and get what the file names before that is deployed which reads them. One that is set stays as it is. */
final class ComposeSecrets {
    /** More than any value may have; the server says how much that is. */
    private static final int MOST = 1 << 20;

    private final Map<String, ComposeSecret> missing = new LinkedHashMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private boolean refused;

    private ComposeSecrets() {}

    /** Where nobody wants any to be set. */
    static ComposeSecrets none() {
        return new ComposeSecrets();
    }

    /**
     * Looks which are not set, and reads all that these shall hold, before the first is set.
     *
     * @param folder in which their files are
     */
    static ComposeSecrets of(ComposeStack stack, Path folder, KnitClient knit, Console console) {
        ComposeSecrets secrets = new ComposeSecrets();
        for (ComposeSecret secret : stack.secrets()) {
            if (isSet(secret.name(), knit)) {
                say(secret, false, "the secret " + secret.name() + " is set already, and is kept", "", console);
            } else {
                secrets.read(secret, folder, console);
            }
        }
        console.err().flush();
        return secrets;
    }

    private static boolean isSet(String name, KnitClient knit) {
        try {
            knit.secret(name);
            return true;
        } catch (KnitClientException e) {
            if (e.kind() == KnitClientException.Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void read(ComposeSecret secret, Path folder, Console console) {
        missing.put(secret.name(), secret);
        byte @Nullable [] bytes = secret.held() == null ? null : secret.held().bytes();
        String why = "is not set";
        if (!secret.file().isEmpty()) {
            try (InputStream in = Files.newInputStream(folder.resolve(secret.file()))) {
                bytes = in.readNBytes(MOST + 1);
            } catch (IOException | InvalidPathException e) {
                why = "can't be read (" + Faults.words(e) + ")";
            }
        }
        if (bytes != null && bytes.length <= MOST) {
            contents.put(secret.name(), bytes);
            return;
        }
        refused = true;
        say(
                secret,
                true,
                secret.words() + " " + (bytes == null ? why : "has more than " + MOST + " bytes") + ", and the secret "
                        + secret.name() + " is not set yet",
                "mend that, or set it by hand: knit secret set " + secret.name(),
                console);
    }

    /** Whether one can't be set; it was said why. */
    boolean refused() {
        return refused;
    }

    boolean isEmpty() {
        return missing.isEmpty();
    }

    /** Whether the server is against a service for a secret alone that will be set before. */
    boolean mend(ComposeService service, Problem problem) {
        return missing.containsKey(read(service, problem));
    }

    /** The name of the secret that a service reads where something is wrong; empty: it is none. */
    static String read(ComposeService service, Problem problem) {
        String pointer = Objects.requireNonNullElse(problem.pointer(), "");
        return pointer.matches("/secrets/\\d+/name")
                ? service.spec().at(pointer).asText()
                : "";
    }

    /** Whether a spec reads one of them. */
    boolean areReadBy(JsonNode spec) {
        for (JsonNode mount : spec.path("secrets")) {
            if (missing.containsKey(mount.path("name").asText())) {
                return true;
            }
        }
        return false;
    }

    /** Sets them. */
    void set(KnitClient knit, Console console) {
        missing.forEach((name, secret) -> {
            knit.setSecret(name, Objects.requireNonNull(contents.get(name)));
            say(secret, false, "the secret " + name + " is set now, from " + secret.words(), "", console);
            console.err().flush();
        });
        missing.clear();
    }

    /** Says which would be set, and of which specs the server has no plan before. */
    void rehearse(List<ObjectNode> specs, Console console) {
        List<String> unplanned = specs.stream()
                .filter(this::areReadBy)
                .map(spec -> spec.path("name").asText())
                .toList();
        missing.forEach((name, secret) ->
                say(secret, false, "the secret " + name + " would be set from " + secret.words(), "", console));
        if (!unplanned.isEmpty()) {
            console.err()
                    .println("there is no plan of what reads it before that is done: " + String.join(", ", unplanned));
        }
        console.err().flush();
    }

    private static void say(ComposeSecret secret, boolean refuses, String words, String instead, Console console) {
        ComposeFiles.say(new ComposeFinding(secret.at(), refuses, words, instead), console);
    }
}
