package io.knit.core.template.go;

import io.knit.core.template.bound.Budget;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.format.ValuePrinter;
import io.knit.gotemplate.value.GoText;
import io.knit.gotemplate.value.GoType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What functions make of texts and lists. What can grow is measured before it is made. */
final class TextWork {
    private static final long MOST_SPACES = 100;

    private TextWork() {}

    /** @param who asks for it */
    static String text(String who, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new GoFault(who + " takes a text, and this is " + GoType.of(value).words());
    }

    private static List<?> list(String who, @Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new GoFault(who + " takes a list, and this is " + GoType.of(value).words());
    }

    static Object sort(@Nullable Object value) {
        List<?> list = list("sort", value);
        boolean areTexts = list.stream().allMatch(String.class::isInstance);
        boolean areWhole = list.stream().allMatch(it -> GoType.of(it).isWhole());
        boolean areNumbers = list.stream().allMatch(Number.class::isInstance);
        if (!areTexts && !areNumbers) {
            throw new GoFault("sort takes a list of texts, or of numbers");
        }
        long weight = Budget.current().weightOf(list);
        Budget.current().spend(weight * (Long.SIZE - Long.numberOfLeadingZeros(weight)));
        Comparator<Object> order = areTexts
                ? (one, other) -> GoText.compare((String) one, (String) other)
                : areWhole
                        ? Comparator.comparingLong(it -> ((Number) it).longValue())
                        : Comparator.comparingDouble(it -> ((Number) it).doubleValue());
        List<Object> sorted = new ArrayList<>(list);
        sorted.sort(order);
        return sorted;
    }

    static Object join(@Nullable Object separator, @Nullable Object value) {
        String between = text("join", separator);
        List<?> list = list("join", value);
        long size = (long) between.length() * list.size();
        List<String> texts = new ArrayList<>();
        for (Object each : list) {
            if (!GoType.of(each).isBasic()) {
                throw new GoFault("join takes a list of texts or numbers, and in it is "
                        + GoType.of(each).words());
            }
            String text = each instanceof String words
                    ? words
                    : ValuePrinter.print(List.of(each), new BudgetMeter(Budget.current()));
            size += text.length();
            texts.add(text);
        }
        requireFits(size);
        return String.join(between, texts);
    }

    static Object split(@Nullable Object separator, @Nullable Object value) {
        String between = text("split", separator);
        String text = text("split", value);
        if (between.isEmpty()) {
            throw new GoFault("split takes what stands between, in quotes, as split \",\"");
        }
        search(text, between);
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(between); at >= 0; at = text.indexOf(between, from)) {
            parts.add(text.substring(from, at));
            from = at + between.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    static Object replace(@Nullable Object from, @Nullable Object to, @Nullable Object value) {
        String old = text("replace", from);
        String other = text("replace", to);
        String text = text("replace", value);
        if (old.isEmpty()) {
            throw new GoFault("replace takes what is replaced, and by what, as replace \"a\" \"b\"");
        }
        search(text, old);
        long count = 0;
        for (int at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + old.length())) {
            count++;
        }
        requireFits(text.length() + count * Math.max(0, other.length() - old.length()));
        return text.replace(old, other);
    }

    /** Each line, the first and empty ones, too. */
    static Object indent(@Nullable Object width, @Nullable Object value) {
        if (!GoType.of(width).isWhole()
                || !(width instanceof Number number)
                || number.longValue() < 0
                || number.longValue() > MOST_SPACES) {
            throw new GoFault("indent takes how many spaces, 0 to " + MOST_SPACES + ", as indent 2");
        }
        String text = text("indent", value);
        long lines = 1 + text.chars().filter(sign -> sign == '\n').count();
        requireFits(text.length() + lines * number.longValue());
        String before = " ".repeat(number.intValue());
        return before + text.replace("\n", "\n" + before);
    }

    static Object base64(@Nullable Object value) {
        return Base64.getEncoder().encodeToString(GoText.bytes(text("base64", value)));
    }

    static Object base64decode(@Nullable Object value) {
        String text = text("base64decode", value);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(text)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new GoFault("base64decode takes Base64 of a text in UTF-8");
        }
    }

    static Object sha256(@Nullable Object value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(GoText.bytes(text("sha256", value))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Object lower(@Nullable Object value) {
        return text("lower", value).toLowerCase(Locale.ROOT);
    }

    static Object upper(@Nullable Object value) {
        return text("upper", value).toUpperCase(Locale.ROOT);
    }

    static Object trim(@Nullable Object value) {
        return text("trim", value).strip();
    }

    /** As {@code contains} of Pebble's templates pays for it. */
    private static void search(String text, String part) {
        Budget.current().spend(text.length() * (1L + Math.min(part.length(), text.length()) / 16));
    }

    private static void requireFits(long size) {
        Budget.current().text(size);
        Budget.current().spend(size);
    }
}
