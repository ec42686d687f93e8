package io.knit.core.wire.usual;

/** A text is not in the form in which Knit writes it, or what it says is refused: which, is found by who reads it with all words. */
final class Unusual extends RuntimeException {
    static final Unusual TEXT = new Unusual();

    private static final long serialVersionUID = 1L;

    private Unusual() {
        super("not as usual", null, false, false);
    }
}
