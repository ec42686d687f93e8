package io.knit.core.server.compose.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is to be said of a file, each thing once, and ends a reading that makes too much of it. Not thread-safe. */
public final class ComposeFindings {
    /** Of a whole reading: of what a request may hold, and beside it lies, a spec is far smaller. */
    private static final int MOST_CHARACTERS = 4 << 20;
    /** A file can be wrong in a million places; nobody reads more than these. */
    private static final int MOST = 200;

    private final Set<ComposeFinding> found = new LinkedHashSet<>();
    private int refusals;
    private boolean refused;
    private long made;

    /** Ends a reading. Why is among the findings. */
    public static final class TooMuchText extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooMuchText(String words) {
            super(words, null, false, false);
        }
    }

    /**
     * Counts text that is made: each time that an alias is written out, a variable put in, a file read, or something of it used again, for each is
     * written out in the end.
     *
     * @throws TooMuchText if that is more than one reading may make
     */
    public void spend(Spot at, long characters) {
        made += characters;
        if (made > MOST_CHARACTERS) {
            String words =
                    "this makes too much text of the file: with aliases, variables and files put in, it has more than "
                            + MOST_CHARACTERS + " characters";
            refuse(at, words, "put large texts into the image, or keep them with the server (knit file set)");
            throw new TooMuchText(words);
        }
    }

    /** Something because of which nothing is deployed. */
    public void refuse(Spot at, String words, String instead) {
        refused = true;
        add(new ComposeFinding(at, true, words, instead));
    }

    /** Something that is good to know. */
    public void remark(Spot at, String words, String instead) {
        add(new ComposeFinding(at, false, words, instead));
    }

    /** A remark makes room for what is refused: without that a file that is refused would pass for one of no services. */
    private void add(ComposeFinding finding) {
        boolean full = found.size() >= MOST;
        if (full && (!finding.refuses() || refusals == MOST || found.contains(finding))) {
            return;
        } else if (full) {
            found.stream()
                    .filter(each -> !each.refuses())
                    .reduce((earlier, later) -> later)
                    .ifPresent(found::remove);
        }
        if (found.add(finding) && finding.refuses()) {
            refusals++;
        }
    }

    /** Whether something was refused, also if it was one too many to be kept. */
    public boolean refused() {
        return refused;
    }

    /** Of the first file first, by line. */
    public List<ComposeFinding> all() {
        List<String> files = new ArrayList<>();
        found.forEach(each -> {
            if (!files.contains(each.at().file())) {
                files.add(each.at().file());
            }
        });
        return found.stream()
                .sorted(Comparator.<ComposeFinding>comparingInt(
                                each -> files.indexOf(each.at().file()))
                        .thenComparingInt(each -> each.at().line())
                        .thenComparingInt(each -> each.at().column()))
                .toList();
    }
}
