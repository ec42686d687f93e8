package io.knit.testkit.sim;

import io.knit.api.spi.loop.IdSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Words from a seed. Never gives one twice, so share it among all processes of a simulation. For one thread only. */
public final class SeededIds implements IdSource {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final RandomGenerator random;
    private final Set<String> given = new HashSet<>();

    public SeededIds(RandomGenerator random) {
        this.random = Objects.requireNonNull(random, "random");
    }

    @Override
    public String next(int length) {
        String word;
        do {
            StringBuilder letters = new StringBuilder(length);
            for (int i = 0; i < length; i++) {
                letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            word = letters.toString();
        } while (!given.add(word));
        return word;
    }
}
