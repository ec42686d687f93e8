package io.knit.launcher.remote.live;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says once what is said of many instances for the same reason: an image that can't be had is told by each attempt of each. Not thread-safe. */
final class Repeats {
    private static final int SHORT = 60;
    /** More are counted. */
    private static final int NAMED = 5;

    private final Set<String> told = new HashSet<>();
    private final Map<String, List<String>> again = new LinkedHashMap<>();

    /**
     * The message, or empty where it gave a reason that was told before.
     *
     * @param instance whose it is; empty: no instance's
     */
    String shown(String instance, String message) {
        String rest = instance.isEmpty() ? "" : message.replace(instance, "").strip();
        if (!rest.contains(": ") || told.add(rest)) {
            return message;
        }
        again.computeIfAbsent(rest, none -> new ArrayList<>()).add(instance);
        return "";
    }

    /** A line for each reason that was given again since this was asked last. */
    List<String> again() {
        List<String> lines = again.entrySet().stream()
                .map(each -> "the same (" + shortened(each.getKey()) + ") of " + names(each.getValue()))
                .toList();
        again.clear();
        return lines;
    }

    private static String names(List<String> instances) {
        int more = instances.size() - NAMED;
        return String.join(", ", instances.subList(0, Math.min(NAMED, instances.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static String shortened(String words) {
        return words.length() <= SHORT ? words : words.substring(0, SHORT) + "…";
    }
}
