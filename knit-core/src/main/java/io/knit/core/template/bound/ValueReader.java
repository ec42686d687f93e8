package io.knit.core.template.bound;

/** What a template reads of variables, secrets and files that the server keeps. */
@FunctionalInterface
public interface ValueReader {
    /** Of who has none. */
    ValueReader NONE = (kind, name) -> {
        throw new MissingException(kind + "(\"" + name + "\") is not there");
    };

    /**
     * @param kind {@code var}, {@code secret} or {@code file}
     * @throws MissingException if it is not there, or is no text
     */
    String read(String kind, String name) throws MissingException;

    /** Why something can't be read, in words that quote nothing of it. */
    final class MissingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public MissingException(String message) {
            super(message);
        }
    }
}
