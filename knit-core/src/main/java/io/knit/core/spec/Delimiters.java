package io.knit.core.spec;

import io.knit.api.model.TemplateSpec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a template's values stand in. Its tags stand in the same with a {@code %} for the innermost character, as <code>{%</code> is to <code>{{</code>, so that a text may have the usual braces for another program.
 */
public record Delimiters(String open, String close) {
    public static final Delimiters STANDARD = new Delimiters("{{", "}}");

    /** Neither what expressions are made of, nor the percent sign of tags, nor Pebble's own marks for blanks and comments. */
    private static final Pattern ONE = Pattern.compile("[\\[\\](){}<>$@!^~&*+=?|:;/]{2,4}");

    /** Those of a template. */
    public static Delimiters of(TemplateSpec template) {
        List<String> given = template.delimiters();
        return given.size() == 2 ? new Delimiters(given.get(0), given.get(1)) : STANDARD;
    }

    /** What is wrong with what a spec says, by where in it; empty: nothing. */
    public static SortedMap<String, String> faults(List<String> given) {
        SortedMap<String, String> faults = new TreeMap<>();
        for (int i = 0; i < given.size(); i++) {
            if (!ONE.matcher(given.get(i)).matches()) {
                faults.put("/" + i, "it is not 2 to 4 of [ ] ( ) { } < > $ @ ! ^ ~ & * + = ? | : ; /");
            }
        }
        if (!given.isEmpty() && given.size() != 2) {
            faults.put("", "there are " + given.size() + "; give two, as in [\"[[\", \"]]\"]");
        } else if (faults.isEmpty() && given.size() == 2 && given.get(0).equals(given.get(1))) {
            faults.put("", "both are " + given.get(0) + "; give two that differ");
        }
        return faults;
    }

    /** What tags begin with. */
    public String tagOpen() {
        return open.substring(0, open.length() - 1) + "%";
    }

    public String tagClose() {
        return "%" + close.substring(1);
    }

    /** A value or a tag, the shortest there is. */
    Pattern parts() {
        return Pattern.compile(
                Pattern.quote(open) + ".*?" + Pattern.quote(close) + "|" + Pattern.quote(tagOpen()) + ".*?"
                        + Pattern.quote(tagClose()),
                Pattern.DOTALL);
    }

    /** What stands verbatim, with its tags. */
    Pattern verbatim() {
        return Pattern.compile(tag("verbatim") + ".*?" + tag("endverbatim"), Pattern.DOTALL);
    }

    private String tag(String name) {
        return Pattern.quote(tagOpen()) + "-?\\s*" + name + "\\s*-?" + Pattern.quote(tagClose());
    }
}
