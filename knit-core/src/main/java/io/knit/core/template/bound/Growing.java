package io.knit.core.template.bound;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Filters whose result can be far larger than what goes in: its size is known before it is made. Pebble's {@code join} of
 * 60,000 elements with a separator of 60,000 characters would be 3.6 GB, its {@code replace} with a dozen pairs likewise.
 */
final class Growing {
    /** Numbers in a format: widths, precisions and places of arguments. */
    private static final Pattern FORMAT_NUMBER = Pattern.compile("\\d+");

    /** A directive, as far as it matters which argument it takes and how wide it is. */
    private static final Pattern DIRECTIVE = Pattern.compile("%[^%a-zA-Z]*[a-zA-Z%]?");

    private static final int MOST_SPACES = 100;

    private Growing() {}

    /** Pebble's own writes numbers as the language of the machine does: {@code 1,5} on one, {@code 1.5} on another. */
    static @Nullable Object format(@Nullable Object input, Map<String, Object> named, int line) {
        if (input == null) {
            return null;
        }
        // in order, named by their places
        List<Object> arguments = IntStream.range(0, named.size())
                .mapToObj(i -> named.get(String.valueOf(i)))
                .toList();
        long widest = 400; // a double without an exponent has 309 digits
        for (Object argument : arguments) {
            widest = Math.max(widest, 4L * Budget.current().weightOf(argument));
        }
        long size = 0;
        String format = input.toString();
        for (MatchResult directive : DIRECTIVE.matcher(format).results().toList()) {
            size += widest;
            for (MatchResult number :
                    FORMAT_NUMBER.matcher(directive.group()).results().toList()) {
                if (number.group().length() > 3) {
                    throw new ValueFault("a format may be at most 999 wide", line);
                }
                size += Integer.parseInt(number.group());
            }
        }
        Budget.current().spend(size);
        if (size > 16L * Budget.MAX_WEIGHT) {
            throw tooLarge(line);
        }
        return String.format(Locale.ROOT, format, arguments.toArray());
    }

    static void join(@Nullable Object input, @Nullable Object separator, int line) {
        if (input instanceof Collection<?> list && separator != null) {
            requireFits((long) list.size() * separator.toString().length(), line);
        }
    }

    static void merge(@Nullable Object input, @Nullable Object items, int line) {
        if (input instanceof Map && items instanceof Collection<?> keys) {
            for (Object key : keys) {
                if (!Values.scalar(key)) {
                    throw new ValueFault("a map's key has to be a text or a number", line);
                }
            }
        } else if (input != null && items != null && !isListOrMap(input, items)) {
            throw new ValueFault(
                    "merge takes two lists, two maps, or one of each; this is " + Values.kind(input) + " and "
                            + Values.kind(items),
                    line);
        }
    }

    private static boolean isListOrMap(Object input, Object items) {
        return (input instanceof Map || input instanceof List) && (items instanceof Map || items instanceof List);
    }

    /** One pair after the other, as Pebble does: a later one finds what an earlier one put in. */
    static @Nullable Object replace(@Nullable Object input, @Nullable Object pairs, int line) {
        if (input == null) {
            return null;
        }
        if (!(pairs instanceof Map<?, ?> map)) {
            throw new ValueFault("replace takes a map, as in replace({'from': 'to'})", line);
        }
        String text = input.toString();
        for (Map.Entry<?, ?> pair : map.entrySet()) {
            String from = String.valueOf(pair.getKey());
            String to = String.valueOf(pair.getValue());
            Operators.search(text, from);
            requireFits(text.length() + occurrences(text, from) * Math.max(0, to.length() - from.length()), line);
            text = text.replace(from, to);
        }
        return text;
    }

    private static long occurrences(String text, String part) {
        if (part.isEmpty()) {
            return text.length() + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    static @Nullable Object split(
            @Nullable Object input, @Nullable Object separator, @Nullable Object limit, int line) {
        if (input == null) {
            return null;
        }
        boolean fits = input instanceof String && separator instanceof CharSequence;
        if (!fits || !(limit == null || limit instanceof Number)) {
            throw new ValueFault("split takes a text, a separator and perhaps a number, as in split(',', 2)", line);
        }
        int most = limit instanceof Number number ? number.intValue() : 0;
        return Splitter.split(input.toString(), String.valueOf(separator), most, line);
    }

    /** Lines without text stay empty. */
    static @Nullable Object indent(@Nullable Object input, @Nullable Object width, @Nullable Object first, int line) {
        boolean fits = (width == null || width instanceof Number) && (first == null || first instanceof Boolean);
        long spaces = width instanceof Number number ? number.longValue() : 4;
        if (!fits || spaces < 0 || spaces > MOST_SPACES || !(input == null || Values.scalar(input))) {
            throw new ValueFault(
                    "indent takes a text, and how many spaces, 0 to " + MOST_SPACES
                            + ", as in indent(2), or indent(2, true) to move its first line, too",
                    line);
        }
        if (input == null) {
            return null;
        }
        String text = input.toString();
        requireFits(text.length() + spaces * (1 + occurrences(text, "\n")), line);
        String before = " ".repeat((int) spaces);
        StringBuilder moved = new StringBuilder();
        boolean moves = Boolean.TRUE.equals(first);
        for (String each : text.split("(?<=\n)", -1)) {
            moved.append(moves && !each.isEmpty() && !each.equals("\n") ? before : "")
                    .append(each);
            moves = true;
        }
        return moved.toString();
    }

    private static void requireFits(long size, int line) {
        if (size > Budget.MAX_WEIGHT) {
            throw tooLarge(line);
        }
        Budget.current().spend(size);
    }

    private static SpentError tooLarge(int line) {
        return new SpentError(
                "line " + line + ": a value is larger than " + Budget.MAX_WEIGHT + " characters or elements");
    }
}
