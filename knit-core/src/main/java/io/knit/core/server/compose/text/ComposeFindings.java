package io.knit.core.server.compose.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is to be said of a file, each thing once. Not thread-safe. */
public final class ComposeFindings {
    /** A file can be wrong in a million places; nobody reads more than these. */
    private static final int MOST = 200;

    private final Set<ComposeFinding> found = new LinkedHashSet<>();
    private boolean refused;

    /** Something because of which nothing is deployed. */
    public void refuse(Spot at, String words, String instead) {
        refused = true;
        add(new ComposeFinding(at, true, words, instead));
    }

    /** Something that is good to know. */
    public void remark(Spot at, String words, String instead) {
        add(new ComposeFinding(at, false, words, instead));
    }

    private void add(ComposeFinding finding) {
        if (found.size() < MOST) {
            found.add(finding);
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
