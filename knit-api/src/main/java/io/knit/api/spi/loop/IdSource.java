package io.knit.api.spi.loop;

/** Makes words that nobody made before. */
@FunctionalInterface
public interface IdSource {
    /** The next word: {@code length} characters of {@code a-z 0-9}, unpredictable in production, seeded in tests. */
    String next(int length);
}
