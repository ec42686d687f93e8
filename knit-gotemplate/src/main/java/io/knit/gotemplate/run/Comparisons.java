package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.value.GoText;
import io.knit.gotemplate.value.GoType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether values are equal, or one is less. Numbers with a point and without one are not compared, as in Go. */
final class Comparisons {
    private Comparisons() {}

    /** Whether the first is one of the others. */
    static boolean isOneOf(List<?> values) {
        if (values.size() < 2) {
            throw new GoFault("eq compares two values or more");
        }
        Object first = values.get(0);
        for (Object other : values.subList(1, values.size())) {
            if (equal(first, other)) {
                return true;
            }
        }
        return false;
    }

    static boolean equal(@Nullable Object one, @Nullable Object other) {
        GoType first = GoType.of(one);
        GoType second = GoType.of(other);
        if (one == null || other == null) {
            return one == other;
        }
        if (first.isWhole() && second.isWhole()) {
            return ((Number) one).longValue() == ((Number) other).longValue();
        }
        if (first != second) {
            throw unlike(first, second);
        }
        if (!first.isBasic()) {
            throw new GoFault(first.words() + " can't be compared");
        }
        return first == GoType.FLOAT
                ? ((Number) one).doubleValue() == ((Number) other).doubleValue()
                : one.equals(other);
    }

    static boolean less(@Nullable Object one, @Nullable Object other) {
        GoType first = GoType.of(one);
        GoType second = GoType.of(other);
        if (one == null || other == null || !first.isBasic() || !second.isBasic()) {
            throw new GoFault((first.isBasic() ? second : first).words() + " has no order");
        }
        if (first.isWhole() && second.isWhole()) {
            return ((Number) one).longValue() < ((Number) other).longValue();
        }
        if (first != second) {
            throw unlike(first, second);
        }
        return switch (first) {
            case FLOAT -> ((Number) one).doubleValue() < ((Number) other).doubleValue();
            case STRING -> GoText.compare((String) one, (String) other) < 0;
            default -> throw new GoFault(first.words() + " has no order");
        };
    }

    static boolean lessOrEqual(@Nullable Object one, @Nullable Object other) {
        return less(one, other) || equal(one, other);
    }

    private static GoFault unlike(GoType first, GoType second) {
        return new GoFault(first.words() + " can't be compared with " + second.words());
    }
}
