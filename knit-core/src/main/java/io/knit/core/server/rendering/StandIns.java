package io.knit.core.server.rendering;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Values in place of those that are secret or not known yet. There are two of each: what is not the same with both, once each is replaced by its name, is worked out from them and can't be
 * shown. They are letters and digits alone, so that escaping leaves them as they are. Not thread-safe.
 */
final class StandIns {
    private static final String[] BEFORE = {"qZkNtA", "xRhPyyB"};
    private static final String[] AFTER = {"vJwC", "mQdD"};
    private static final int[] NUMBERS = {1_734_560_000, 1_289_310_000};
    private static final int LETTERS = 26;

    private final Map<String, Integer> texts = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<String, String> shown = new LinkedHashMap<>();

    /** @param twin 0 or 1 */
    String text(String name, String shownAs, int twin) {
        int number = texts.computeIfAbsent(name, none -> texts.size());
        shown.put(name, shownAs);
        return text(number, twin);
    }

    private static String text(int number, int twin) {
        StringBuilder letters = new StringBuilder();
        for (int rest = number; rest > 0 || letters.length() == 0; rest /= LETTERS) {
            letters.append((char) ('a' + rest % LETTERS));
        }
        return BEFORE[twin] + letters + AFTER[twin];
    }

    int number(String name, int twin) {
        int number = numbers.computeIfAbsent(name, none -> numbers.size());
        shown.put(name, "<" + name + ">");
        return NUMBERS[twin] + number;
    }

    /** With each replaced by what is shown for it; the names of those that were there are added. */
    String shown(String text, int twin, Set<String> found) {
        String result = text;
        for (Map.Entry<String, String> each : shown.entrySet()) {
            Integer number = texts.get(each.getKey());
            String standIn = number == null
                    ? Integer.toString(NUMBERS[twin] + numbers.getOrDefault(each.getKey(), 0))
                    : text(number, twin);
            if (result.contains(standIn)) {
                found.add(each.getKey());
                result = result.replace(standIn, each.getValue());
            }
        }
        return result;
    }

    String shown(String text, int twin) {
        return shown(text, twin, new TreeSet<>());
    }
}
