package io.knit.core.server.history;

import io.knit.api.command.Caller;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a row. What it lacks has its default, so that rows of every release are read for ever.
 *
 * @param then how its deployment was afterwards; null: it is about none, or was written by a release that did not note it
 */
record KeptEntry(
        long commit,
        @Nullable Who caller,
        String command,
        Map<String, String> details,
        List<String> remarks,
        @Nullable KeptThen then) {

    /** A role is kept as a word: one that this release does not know costs nobody the row. */
    record Who(String name, String role, String from) {
        static Who of(Caller caller) {
            return new Who(caller.name(), caller.role().name().toLowerCase(Locale.ROOT), caller.from());
        }

        Caller caller() {
            // the word of releases before there were tokens
            String word = role.equals("operator") ? "admin" : role;
            Caller.Role known = Arrays.stream(Caller.Role.values())
                    .filter(each -> each.name().equalsIgnoreCase(word))
                    .findFirst()
                    .orElse(Caller.Role.VIEWER);
            return new Caller(name, known, from);
        }
    }
}
