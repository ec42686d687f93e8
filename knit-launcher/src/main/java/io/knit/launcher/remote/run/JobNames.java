package io.knit.launcher.remote.run;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** Names for jobs that were given none: {@code run-<image>-<random>}. */
final class JobNames {
    private static final int MOST_OF_IMAGE = 40;
    private static final int RANDOM = 6;
    /** Without those that look like others. */
    private static final String LETTERS = "bcdfghjkmnpqrstvwxz23456789";

    private JobNames() {}

    /** A name that a deployment may have, whatever the image is called. */
    static String of(String image, RandomGenerator random) {
        String last = image.replaceFirst("@.*$", "").replaceFirst("^.*/", "").replaceFirst(":.*$", "");
        String plain = last.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String cut = plain.substring(0, Math.min(plain.length(), MOST_OF_IMAGE)).replaceAll("^-+|-+$", "");
        StringBuilder name = new StringBuilder("run-");
        if (!cut.isEmpty()) {
            name.append(cut).append('-');
        }
        for (int i = 0; i < RANDOM; i++) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }
}
