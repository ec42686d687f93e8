package io.knit.core.server.admission;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request, so that a user learns all of it at once. Not thread-safe. */
public final class Refusals {
    /** One request can be wrong in a million places; nobody reads more than these. */
    private static final int MAX = 50;

    private final List<KnitException> found = new ArrayList<>();

    /** @param pointer JSON pointer of the field */
    public void add(String pointer, ErrorCode code, String message) {
        add(KnitException.at(pointer, code, message));
    }

    void add(KnitException refusal) {
        if (found.size() < MAX) {
            found.add(refusal);
        }
    }

    /** Whether something was found. */
    public boolean any() {
        return !found.isEmpty();
    }

    /** Whether so many were found that looking for more is of no use. */
    boolean full() {
        return found.size() == MAX;
    }

    /**
     * Does nothing if nothing was found.
     *
     * @throws KnitException the only one, or one that stands for several ({@link #of})
     */
    public void throwIfAny() {
        if (found.size() == 1) {
            throw found.get(0);
        }
        if (!found.isEmpty()) {
            throw new Several(found);
        }
    }

    /** What an exception stands for: itself, or the several it was made of, the main one first. */
    public static List<KnitException> of(KnitException exception) {
        return exception instanceof Several several ? several.parts : List.of(exception);
    }

    /** The same of a part of a larger document, which stands there. */
    public static Throwable within(String pointer, Throwable failure) {
        if (!(failure instanceof KnitException refused)) {
            return failure;
        }
        List<KnitException> parts = of(refused).stream()
                .map(part -> KnitException.at(
                        part.pointer() == null ? pointer : pointer + part.pointer(), part.code(), part.getMessage()))
                .toList();
        return parts.size() == 1 ? parts.get(0) : new Several(parts);
    }

    private static final class Several extends KnitException {
        private static final long serialVersionUID = 1L;
        private final transient List<KnitException> parts;

        Several(List<KnitException> parts) {
            super(parts.get(0).code(), parts.get(0).getMessage());
            this.parts = List.copyOf(parts);
        }

        @Override
        public @Nullable String pointer() {
            return parts.get(0).pointer();
        }
    }
}
