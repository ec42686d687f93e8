package io.knit.core.server.compose.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of variables: {@code KEY=value} on each line, {@code #} at a line's beginning or behind a blank before what is no value, {@code export} passed over; in single
 * quotes a value stands as it is, in double quotes with {@code \n} and variables, over several lines too.
 */
public final class EnvText {
    private static final Pattern LINE = Pattern.compile(
            "[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \\t]*(?:([=:])(.*))?", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("[ \\t]#");
    private static final String KEY_BEGINS = "-----BEGIN";
    private static final String KEY_ENDS = "-----END";
    private static final int MOST = 1 << 20;

    private final String file;
    private final boolean raw;
    private final Map<String, String> around;
    private final ComposeFindings findings;
    private final Map<String, String> read;
    private int line;
    /** From the line on, which is looked at once: where none ends a key, each that begins one would go through all of them. */
    private boolean noKeyEnds;

    private EnvText(
            String file, boolean raw, Map<String, String> around, Map<String, String> read, ComposeFindings findings) {
        this.file = file;
        this.raw = raw;
        this.around = around;
        this.read = read;
        this.findings = findings;
    }

    /**
     * The variables of a file, in its order. Each reading of it counts.
     *
     * @param raw whether values stand as they are, quotes and dollars too
     * @param around what its own variables may use, and what a name without a value is
     */
    public static Map<String, String> read(
            String file, String text, boolean raw, Map<String, String> around, ComposeFindings findings) {
        Map<String, String> read = new LinkedHashMap<>();
        readInto(read, file, text, raw, around, findings);
        return read;
    }

    /** The same behind others: what they say may be used, and is said anew. */
    public static void readInto(
            Map<String, String> others,
            String file,
            String text,
            boolean raw,
            Map<String, String> around,
            ComposeFindings findings) {
        EnvText reader = new EnvText(file, raw, around, others, findings);
        if (text.length() > MOST) {
            findings.refuse(
                    new Spot(file, 1, 1), "the file has " + text.length() + " characters", "give " + MOST + " at most");
        } else {
            findings.spend(new Spot(file, 1, 1), text.length());
            reader.read(text.startsWith("\uFEFF") ? text.substring(1) : text);
        }
    }

    private void read(String text) {
        String[] lines = text.split("\\r?\\n|\\r", -1);
        for (line = 0; line < lines.length; line++) {
            String one = lines[line];
            if (one.isBlank() || one.stripLeading().startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(one);
            if (!parts.matches()) {
                // it may be the second line of a secret
                findings.refuse(spot(), "this line (not shown) sets no variable", "write NAME=value");
                continue;
            }
            String name = parts.group(1);
            if (parts.group(2) == null) {
                String value = around.get(name);
                if (value != null) {
                    findings.spend(spot(), value.length());
                    read.put(name, value);
                }
            } else {
                put(name, parts.group(3), lines);
            }
        }
    }

    /** @param behind what stands behind the sign */
    private void put(String name, String behind, String[] lines) {
        Spot at = spot();
        String given = behind.replaceFirst("^[ \\t]+", "");
        if (raw) {
            read.put(name, given);
            return;
        }
        char quote = given.isEmpty() ? ' ' : given.charAt(0);
        if (quote != '"' && quote != '\'') {
            if (given.startsWith(KEY_BEGINS) && passedOver(given, lines)) {
                findings.refuse(
                        at,
                        "the value of " + name + " goes on over several lines, and has no quotes",
                        "put all of it into quotes: " + name + "=\"" + KEY_BEGINS + "…\"");
                return;
            }
            Matcher comment = COMMENT.matcher(behind);
            String value = comment.find() ? behind.substring(0, comment.start()) : behind;
            read.put(name, variables(value.strip(), at));
            return;
        }
        String quoted = quoted(given.substring(1), quote, lines);
        if (quoted == null) {
            findings.refuse(at, "the quote that begins here is not closed", "close it");
        } else {
            read.put(name, quote == '\'' ? quoted : variables(unescaped(quoted), at));
        }
    }

    /** Goes to the last line of a key or certificate whose first is this; whether there is one. */
    private boolean passedOver(String first, String[] lines) {
        if (!noKeyEnds && !first.contains(KEY_ENDS)) {
            for (int i = line + 1; i < lines.length; i++) {
                if (lines[i].contains(KEY_ENDS)) {
                    line = i;
                    return true;
                }
            }
            noKeyEnds = true;
        }
        return false;
    }

    /** Up to the quote that ends it, over as many lines as it takes; null: nothing ends it. */
    private @Nullable String quoted(String first, char quote, String[] lines) {
        StringBuilder all = new StringBuilder();
        String rest = first;
        while (true) {
            for (int i = 0; i < rest.length(); i++) {
                char c = rest.charAt(i);
                if (c == quote) {
                    return all.toString();
                }
                all.append(c);
                if (quote == '"' && c == '\\' && i + 1 < rest.length()) {
                    all.append(rest.charAt(++i));
                }
            }
            if (line + 1 >= lines.length) {
                return null;
            }
            all.append('\n');
            rest = lines[++line];
        }
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            switch (next) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                // doubled, so that it is none of a variable
                case '$' -> out.append("$$");
                case '"', '\\' -> out.append(next);
                default -> out.append('\\').append(next);
            }
        }
        return out.toString();
    }

    private String variables(String text, Spot at) {
        return Interpolation.ofSecrets(name -> around.getOrDefault(name, read.get(name)), findings)
                .in(text, at);
    }

    private Spot spot() {
        return new Spot(file, line + 1, 1);
    }
}
