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

    private static final String SERVICES = "services";

    private final ComposeFindings findings;
    /** Whether only what is no key at all is told. */
    private final boolean unknownAlone;

    private KeyCheck(ComposeFindings findings, boolean unknownAlone) {
        this.findings = findings;
        this.unknownAlone = unknownAlone;
    }

    /** Says of each key of a file what becomes of it, where that is not that it is taken; in its services only which is none. */
    public static void file(Part file, ComposeFindings findings) {
        new KeyCheck(findings, false).walk(file, "");
    }

    /** The same of each key of a service that is wanted, or that such a one extends. */
    public static void service(Part service, ComposeFindings findings) {
        new KeyCheck(findings, false).walk(service, SERVICES + ".*");
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
            case TAKEN -> (path.equals(SERVICES) ? new KeyCheck(findings, true) : this).walk(value, path);
            case REMARKED -> {
                if (!unknownAlone) {
                    findings.remark(part.spotOf(name), name + ": " + key.words(), key.instead());
                }
            }
            case REFUSED -> {
                if (!unknownAlone) {
                    findings.refuse(part.spotOf(name), name + ": " + key.words(), key.instead());
                }
            }
        }
    }
}
