package io.knit.core.rules;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class Nearest {
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /**
     * The candidate that fewest edits lead to, if those are at most a third of its length; of several the one whose length is nearest to
     * the word's, then the first.
     *
     * @param forgiven edits that are few however short the candidate is
     */
    public static Optional<String> to(String word, Collection<String> candidates, int forgiven) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = edits(fold(word), fold(candidate));
            boolean nearer = best != null
                    && edits == fewest
                    && !word.startsWith(best) // typed twice, or with more behind it
                    && longer(candidate, word) < longer(best, word);
            if (edits < fewest || nearer) {
                fewest = edits;
                best = candidate;
            }
        }
        return best == null || fewest > Math.max(forgiven, best.length() / 3) ? Optional.empty() : Optional.of(best);
    }

    private static int longer(String candidate, String word) {
        return Math.abs(candidate.length() - word.length());
    }

    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /**
     * Insertions, deletions, changes, and neighbours the wrong way round, none of them edited twice: the optimal string alignment, for
     * those four are most of what hands do wrong (F. J. Damerau, "A technique for computer detection and correction of spelling errors",
     * Communications of the ACM 7(3), 1964).
     */
    private static int edits(String a, String b) {
        int[] beforeThat = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(previous[j - 1] + change, 1 + Math.min(previous[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeThat[j - 2] + 1);
                }
            }
            beforeThat = previous;
            previous = row;
        }
        return previous[b.length()];
    }
}
