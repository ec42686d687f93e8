package io.knit.core.loop;

import io.knit.api.spi.loop.IdSource;
import java.security.SecureRandom;

/** Unpredictable words. Thread-safe. */
public final class RandomIds implements IdSource {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final SecureRandom random = new SecureRandom();

    @Override
    public String next(int length) {
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }
}
