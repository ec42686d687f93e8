package io.knit.core.agent.output;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes what secrets hold out of words that a program wrote, where these go into a status or a log: it may quote the line that it does not understand. Only
 * what stands there as it is in the secret is found, and nothing that is shorter than {@link #SHORTEST}. Immutable; shows itself to nobody.
 */
public final class SecretMask {
    /** Of no secrets. */
    public static final SecretMask NONE = new SecretMask(List.of());

    /** In characters. What is shorter stands in many words by chance. */
    static final int SHORTEST = 4;

    /** To look for more in each line would take too long: of who reads so many secrets nothing is told. */
    static final int MOST = 10_000;

    private static final String MASK = "***";
    /** Of too many. */
    private static final SecretMask ALL = new SecretMask(List.of());

    /** The longest first: one may have another in it. */
    private final List<String> words;

    private SecretMask(List<String> words) {
        this.words = words;
    }

    /** The mask of what an instance reads, as it is now. */
    @FunctionalInterface
    public interface Masking {
        /** On the loop. Fails where it can't be known. */
        Future<SecretMask> of(String instance);
    }

    /** Of secrets that hold these texts: each as a whole, by its lines, and where one is {@code KEY=value} by its value. */
    public static SecretMask of(Collection<String> secrets) {
        Set<String> words = new HashSet<>();
        for (String secret : secrets) {
            if (words.size() > MOST) {
                return ALL;
            }
            add(words, secret);
            secret.lines().forEach(line -> {
                add(words, line);
                add(words, line.substring(line.indexOf('=') + 1));
            });
        }
        if (words.size() > MOST) {
            return ALL;
        }
        return words.isEmpty()
                ? NONE
                : new SecretMask(words.stream()
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList());
    }

    private static void add(Set<String> words, String text) {
        String word = text.strip();
        if (word.length() >= SHORTEST) {
            words.add(word);
        }
    }

    /** The text with {@code ***} in the places of secrets. */
    public String of(String text) {
        if (this == ALL) {
            return text.isBlank() ? text : MASK;
        }
        String masked = text;
        for (String word : words) {
            masked = masked.replace(word, MASK);
        }
        return masked;
    }

    /** Without what it masks. */
    @Override
    public String toString() {
        return "SecretMask[" + words.size() + "]";
    }
}
