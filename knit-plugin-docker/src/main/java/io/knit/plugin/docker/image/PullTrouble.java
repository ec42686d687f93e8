package io.knit.plugin.docker.image;

import java.util.List;
import java.util.Locale;

/** Why an image did not come. The engine gives no codes for it (all is 404 or 500), only its own and the registry's words. */
enum PullTrouble {
    CREDENTIALS(
            "the registry refused the credentials",
            List.of(
                    "unauthorized",
                    "authentication required",
                    "incorrect username or password",
                    "no basic auth credentials",
                    "denied:",
                    "403 forbidden",
                    "may require 'docker login'")),
    PLATFORM("its registry has none for this platform", List.of("no matching manifest")),
    UNKNOWN_IMAGE(
            "the registry does not know it",
            List.of(
                    "manifest unknown",
                    "manifest for ",
                    "name unknown",
                    "repository name not known",
                    "not found",
                    "invalid reference format")),
    UNREACHABLE(
            "the registry could not be reached",
            List.of(
                    "connection refused",
                    "connection reset",
                    "no such host",
                    "server misbehaving",
                    "temporary failure in name resolution",
                    "i/o timeout",
                    "client.timeout",
                    "deadline exceeded",
                    "request canceled",
                    "tls handshake",
                    "x509:",
                    "network is unreachable",
                    "no route to host",
                    "unexpected eof",
                    ": eof",
                    "received unexpected http status: 5",
                    "toomanyrequests",
                    "too many requests",
                    "server gave http response to https client")),
    /** Something else: a full disk, a broken layer. */
    OTHER("the engine could not pull it", List.of());

    private final String words;
    private final List<String> signs;

    PullTrouble(String words, List<String> signs) {
        this.words = words;
        this.signs = signs;
    }

    /** Reads the engine's message; the first kind with a sign in it wins, for a refusal may also tell of a failed request. */
    static PullTrouble of(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        for (PullTrouble trouble : values()) {
            if (trouble.signs.stream().anyMatch(text::contains)) {
                return trouble;
            }
        }
        return OTHER;
    }

    String words() {
        return words;
    }
}
