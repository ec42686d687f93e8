package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;

/** Who may do what: the one place where that is decided (pure). */
public final class Policy {
    private Policy() {}

    /**
     * Whether he may see what there is, and so what would come of it.
     *
     * @throws KnitException with {@code FORBIDDEN}
     */
    public static void checkSees(Caller caller) {
        if (caller.role().compareTo(Caller.Role.READER) < 0) {
            throw new KnitException(ErrorCode.FORBIDDEN, caller.name() + " may not see what there is");
        }
    }

    /** @throws KnitException with {@code FORBIDDEN} */
    public static void check(Command<?> command, Caller caller) {
        if (caller.role().compareTo(Caller.Role.OPERATOR) < 0) {
            throw new KnitException(
                    ErrorCode.FORBIDDEN,
                    caller.name() + " may not " + command.words() + ": that takes the role operator, and "
                            + caller.name() + " has " + caller.role().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
