package io.knit.core.template.bound;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * Splits as {@code String.split} does, but never on a backtracking engine: a plain separator is looked for as it is, any other is a
 * regular expression of RE2's, whose every character read is paid for.
 */
final class Splitter {
    private static final int MAX_PATTERN = 500;
    private static final int MAX_PROGRAM = 100_000;
    private static final java.util.regex.Pattern SPECIAL = java.util.regex.Pattern.compile("[\\\\.$|()\\[{^?*+]");
    private static final java.util.regex.Pattern COUNT = java.util.regex.Pattern.compile("\\d+(?=[,}])");

    private final List<String> parts = new ArrayList<>();
    private final String text;
    private final int limit;
    private int from;
    private boolean found;

    private Splitter(String text, int limit) {
        this.text = text;
        this.limit = limit;
    }

    /** @param limit as {@code String.split} has it: parts at most; 0 for all but empty ones at the end */
    static List<String> split(String text, String separator, int limit, int line) {
        Splitter splitter = new Splitter(text, limit);
        if (!separator.isEmpty() && !SPECIAL.matcher(separator).find()) {
            splitter.literally(separator);
        } else {
            splitter.byPattern(compile(separator, line));
        }
        return splitter.parts();
    }

    private void literally(String separator) {
        Operators.search(text, separator);
        int at = text.indexOf(separator);
        while (at >= 0 && part(at, at + separator.length())) {
            at = text.indexOf(separator, from);
        }
    }

    private void byPattern(Pattern pattern) {
        Matcher matcher = pattern.matcher(new PaidText(text, 4L * pattern.programSize()));
        while (matcher.find() && part(matcher.start(), matcher.end())) {
            // the next
        }
    }

    /** Whether to go on. */
    private boolean part(int start, int end) {
        if (end == 0) {
            return true; // nothing before nothing is no part
        }
        Budget.current().spend(Budget.STEP);
        found = true;
        if (limit > 0 && parts.size() == limit - 1) {
            return false;
        }
        parts.add(text.substring(from, start));
        from = end;
        return true;
    }

    private List<String> parts() {
        if (!found) {
            return new ArrayList<>(List.of(text));
        }
        parts.add(text.substring(from));
        while (limit == 0 && !parts.isEmpty() && parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return parts;
    }

    private static Pattern compile(String separator, int line) {
        // RE2 writes counted repetitions out
        double size = separator.length();
        for (MatchResult count : COUNT.matcher(separator).results().toList()) {
            size *= Math.max(1, Double.parseDouble(count.group()));
        }
        if (separator.length() > MAX_PATTERN || size > MAX_PROGRAM) {
            throw new ValueFault("the separator to split at is too long or repeats too often", line);
        }
        try {
            return Pattern.compile(separator);
        } catch (PatternSyntaxException e) {
            throw new ValueFault(
                    "the separator to split at is no regular expression that RE2 knows (" + e.getDescription()
                            + "); for signs that stand for themselves write '[.]' or '[|]'",
                    line);
        }
    }

    /** A text of which each character read costs something: also a pattern that reads the rest again at every place is paid for. */
    private record PaidText(String text, long price) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            Budget.current().spend(price);
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
