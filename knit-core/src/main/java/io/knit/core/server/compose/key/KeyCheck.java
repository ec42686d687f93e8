package io.knit.core.server.compose.key;

import io.knit.core.rules.Nearest;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import java.util.List;

/** Walks a file along the table, so that no key of it is passed over in silence. What it says nothing of is for who reads the values. */
public final class KeyCheck {
    private static final String EXTENSION = "x-";
    private static final int MOST_TOLD = 12;

    private final ComposeFindings findings;

    private KeyCheck(ComposeFindings findings) {
        this.findings = findings;
    }

    /**
     * Says of each key what becomes of it, where that is not that it is taken.
     *
     * @param part the file, or what stands at {@code path} in it
     * @param path as in the table; empty: the whole file
     */
    public static void check(Part part, String path, ComposeFindings findings) {
        new KeyCheck(findings).walk(part, path);
    }

    private void walk(Part part, String path) {
        List<String> known = ComposeKeys.namesBelow(path);
        if (known.isEmpty()) {
            return;
        }
        // a list of maps has the keys of its maps
        part.items().forEach(each -> walk(each, path));
        part.members().forEach((name, value) -> {
            if (known.equals(List.of("*"))) {
                walk(value, path + ".*");
            } else if (!name.startsWith(EXTENSION)) {
                key(part, name, value, path.isEmpty() ? name : path + "." + name, known);
            }
        });
    }

    private void key(Part part, String name, Part value, String path, List<String> known) {
        ComposeKey key = ComposeKeys.at(path);
        if (key == null) {
            String meant = Nearest.to(name, known, 2)
                    .map(nearest -> "did you mean " + nearest + "?")
                    .orElse(
                            known.size() > MOST_TOLD
                                    ? "leave it out; a word of your own begins with x-"
                                    : "known are here " + String.join(", ", known));
            findings.refuse(part.spotOf(name), "there is no key " + Pointers.quoted(name), meant);
            return;
        }
        switch (key.fate()) {
            case TAKEN -> walk(value, path);
            case REMARKED -> findings.remark(part.spotOf(name), name + ": " + key.words(), key.instead());
            case REFUSED -> findings.refuse(part.spotOf(name), name + ": " + key.words(), key.instead());
        }
    }
}
