package io.knit.core.server.admission;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request, so that a user learns all of it at once. Not thread-safe. */
public final class Refusals {
    /** One request can be wrong in a million places; nobody reads more than these. */
    private static final int MAX = 50;

    /** The innermost element of a list, with the slash behind it. */
    private static final Pattern ELEMENT = Pattern.compile("^.*/\\d+/");

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

    /**
     * Adds what was found when the part of the same document was judged that could be read: nothing that may be said only because the rest could not.
     *
     * @param pointer of that document, where it is part of a larger one; all that was found so far is in it
     */
    public void addFurther(String pointer, Refusals further) {
        List<String> unread =
                pointers().map(place -> place.substring(pointer.length())).toList();
        for (KnitException each : further.found) {
            String place = Objects.requireNonNullElse(each.pointer(), "");
            if (unread.stream().noneMatch(other -> touches(place, other))) {
                add(KnitException.at(pointer + place, each.code(), each.getMessage()));
            }
        }
    }

    /** Adds what was found at places where nothing was found before. */
    public void addNew(Refusals others) {
        others.found.stream()
                .filter(each -> !has(Objects.requireNonNullElse(each.pointer(), "")))
                .toList()
                .forEach(this::add);
    }

    /** Adds what was found in another part of the same request. */
    public void addAll(Refusals others) {
        others.found.forEach(this::add);
    }

    /** Whether what is said of one place may depend on what is at another: it is the same, it is in it, or both are in one element of a list. */
    private static boolean touches(String place, String other) {
        if (place.equals(other) || place.startsWith(other + "/") || other.startsWith(place + "/")) {
            return true;
        }
        Matcher element = ELEMENT.matcher(place);
        return element.find() && other.startsWith(element.group());
    }

    private Stream<String> pointers() {
        return found.stream().map(each -> Objects.requireNonNullElse(each.pointer(), ""));
    }

    /** Whether something was found at a place. */
    public boolean has(String pointer) {
        return pointers().anyMatch(pointer::equals);
    }

    /** Whether something was found. */
    public boolean any() {
        return !found.isEmpty();
    }

    /** Whether so many were found that looking for more is of no use. */
    boolean full() {
        return found.size() == MAX;
    }

    /** The only one, or one that stands for several ({@link #of}); empty if nothing was found. */
    public Optional<KnitException> asOne() {
        return found.size() > 1
                ? Optional.of(new Several(found))
                : found.stream().findFirst();
    }

    /**
     * Does nothing if nothing was found.
     *
     * @throws KnitException as {@link #asOne}
     */
    public void throwIfAny() {
        Optional<KnitException> all = asOne();
        if (all.isPresent()) {
            throw all.get();
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
