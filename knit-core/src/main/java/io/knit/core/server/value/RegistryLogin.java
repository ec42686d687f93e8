package io.knit.core.server.value;

import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.state.KnownValue;

/** What is kept of a registry: {@code user:password}, as HTTP's basic authentication has it (RFC 7617), under its host (pure). */
public final class RegistryLogin {
    private RegistryLogin() {}

    static void check(Command.SetValue set) {
        String fault = ImageReference.registryFault(set.name());
        if (fault != null) {
            throw KnitException.at("/host", ErrorCode.INVALID_VALUE, "this " + fault);
        }
        String text = set.content().text().orElse("");
        int colon = text.indexOf(':');
        if (colon < 1 || text.chars().limit(colon).anyMatch(Character::isISOControl)) {
            throw noName();
        }
        if (colon == text.length() - 1 || text.chars().anyMatch(Character::isISOControl)) {
            throw KnitException.at(
                    "/password",
                    ErrorCode.INVALID_VALUE,
                    "this is no password (not shown); give one without control characters, as line breaks");
        }
    }

    private static KnitException noName() {
        return KnitException.at(
                "/username",
                ErrorCode.INVALID_VALUE,
                "this is no user's name (not shown); give one without colons and control characters");
    }

    /**
     * The content that says it.
     *
     * @throws KnitException at {@code /username}, which quotes nothing of it
     */
    public static Value.Content of(RegistryAuth login) {
        if (login.username().contains(":")) {
            throw noName();
        }
        return Value.Content.of(login.username() + ":" + login.password());
    }

    /** The user's name alone, without which nothing is told; the same value if it does not open. */
    public static Value told(KnownValue known, Sealing sealing) {
        try {
            return told(known.value(), sealing.open(known));
        } catch (KnitException e) {
            return known.value();
        }
    }

    /** The same with the user's name of what it holds. */
    public static Value told(Value value, Value.Content held) {
        String text = held.text().orElse("");
        return value.with(Value.Content.of(text.substring(0, Math.max(0, text.indexOf(':')))));
    }
}
