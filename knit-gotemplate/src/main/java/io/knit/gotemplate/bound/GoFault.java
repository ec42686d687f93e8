package io.knit.gotemplate.bound;

import org.jspecify.annotations.Nullable;

/** What is wrong with a template, in words for who wrote it; quotes none of its values. */
public final class GoFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String words;
    private final transient @Nullable Place place;

    /** Where is said by who knows it. */
    public GoFault(String words) {
        this(words, null);
    }

    public GoFault(String words, @Nullable Place place) {
        super(place == null ? words : place + ": " + words, null, false, false);
        this.words = words;
        this.place = place;
    }

    /** The same with more words. */
    public GoFault with(String more) {
        return new GoFault(words + more, place);
    }

    /** The same there, unless it has a place. */
    public GoFault at(Place there) {
        return place == null ? new GoFault(words, there) : this;
    }
}
