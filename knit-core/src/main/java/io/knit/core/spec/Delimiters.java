package io.knit.core.spec;

import io.knit.api.model.TemplateSpec;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
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
                faults.put("/" + i, "it is not 2 to 4 of the signs []{}()<>$@!^~&*+=?|:;/");
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

    /** Gives the values and tags of a text that do not stand verbatim, with their delimiters. Takes time by the text's length, whatever is in it: it looks at texts that nobody checked yet. */
    void eachPart(String content, Consumer<String> taker) {
        String text = withoutVerbatim(content);
        int value = text.indexOf(open);
        int tag = text.indexOf(tagOpen());
        while (value >= 0 || tag >= 0) {
            boolean isTag = value < 0 || (tag >= 0 && tag < value);
            int start = isTag ? tag : value;
            String closing = isTag ? tagClose() : close;
            int end = text.indexOf(closing, start + open.length());
            if (end < 0) {
                // none of this kind is closed any more
                value = isTag ? value : -1;
                tag = isTag ? -1 : tag;
                continue;
            }
            end += closing.length();
            taker.accept(text.substring(start, end));
            value = value >= 0 && value < end ? text.indexOf(open, end) : value;
            tag = tag >= 0 && tag < end ? text.indexOf(tagOpen(), end) : tag;
        }
    }

    private String withoutVerbatim(String content) {
        Matcher begin = tag("verbatim").matcher(content);
        Matcher end = tag("endverbatim").matcher(content);
        StringBuilder rest = new StringBuilder();
        int at = 0;
        while (begin.find(at) && end.find(begin.end())) {
            rest.append(content, at, begin.start());
            at = end.end();
        }
        return at == 0 ? content : rest.append(content, at, content.length()).toString();
    }

    private Pattern tag(String name) {
        return Pattern.compile(Pattern.quote(tagOpen()) + "-?\\s*+" + name + "\\s*+-?" + Pattern.quote(tagClose()));
    }
}
