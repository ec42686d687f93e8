package io.knit.plugin.docker.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.plugin.docker.engine.EngineErrors;

/** An image did not come. Its message never holds the registry's user or password, whatever the engine said. */
final class PullFailure extends KnitException {
    private static final long serialVersionUID = 1L;

    private final PullTrouble trouble;
    private final String detail;
    private final boolean unknown;

    /** @param said what the engine said; its exception is not kept as the cause, for it may tell the user's name */
    PullFailure(ImageRequest request, PullTrouble trouble, String said) {
        super(
                ErrorCode.IMAGE_UNAVAILABLE,
                "the image " + request.image() + " can't be had: " + words(request, trouble)
                        + parentheses(request, said));
        this.trouble = trouble;
        this.detail = parentheses(request, said);
        this.unknown =
                trouble == PullTrouble.UNKNOWN_IMAGE || trouble == PullTrouble.CREDENTIALS && request.auth() == null;
    }

    /** Whether no registry may have it at all. */
    boolean isUnknown() {
        return unknown;
    }

    PullTrouble trouble() {
        return trouble;
    }

    /** {@code " (no such host)"}, or empty where nothing can be told. */
    String detail() {
        return detail;
    }

    private static String words(ImageRequest request, PullTrouble trouble) {
        return trouble == PullTrouble.CREDENTIALS && request.auth() == null
                ? "the registry does not know it, or does not give it without credentials"
                : trouble.words();
    }

    private static String parentheses(ImageRequest request, String said) {
        RegistryAuth auth = request.auth();
        boolean tells = auth != null && (holds(said, auth.username()) || holds(said, auth.password()));
        return tells || said.isBlank() ? "" : " (" + EngineErrors.oneLine(said) + ")";
    }

    private static boolean holds(String said, String secret) {
        return !secret.isEmpty() && said.contains(secret);
    }
}
