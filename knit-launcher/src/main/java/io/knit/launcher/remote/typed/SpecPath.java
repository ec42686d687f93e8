package io.knit.launcher.remote.typed;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a spec, as people write it: {@code env.LOG}, {@code ports[0].host_port}, {@code labels["traefik.enable"]}.
 *
 * @param steps from the outside in: a {@code String} for a key, an {@code Integer} for a place in a list
 */
record SpecPath(List<Object> steps) {
    private static final Pattern STEP =
            Pattern.compile("\\.?([A-Za-z0-9_/-]+)|\\[(\\d{1,4})]|\\[\"([^\"]*)\"]|\\['([^']*)']");

    SpecPath {
        steps = List.copyOf(steps);
    }

    /** @throws IllegalArgumentException if it is none */
    static SpecPath of(String text) {
        List<Object> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int at = 0;
        while (at < text.length()) {
            boolean separated = text.charAt(at) == '.' || text.charAt(at) == '[';
            if (!matcher.find(at) || matcher.start() != at || separated == (at == 0)) {
                throw new IllegalArgumentException("--set: " + text
                        + " is no place in a spec; write one such as env.LOG, ports[0].host_port or labels[\"a.b\"]");
            }
            at = matcher.end();
            steps.add(step(matcher));
        }
        return new SpecPath(steps);
    }

    private static Object step(Matcher matcher) {
        if (matcher.group(2) != null) {
            return Integer.valueOf(matcher.group(2));
        }
        for (int group : new int[] {1, 3, 4}) {
            if (matcher.group(group) != null) {
                return matcher.group(group);
            }
        }
        throw new IllegalStateException("one of the groups matched");
    }

    /** The first so many steps, as people write them. */
    String words(int count) {
        StringBuilder text = new StringBuilder();
        for (Object step : steps.subList(0, count)) {
            if (step instanceof Integer place) {
                text.append('[').append(place).append(']');
            } else if (((String) step).matches("[A-Za-z0-9_/-]+")) {
                text.append(text.isEmpty() ? "" : ".").append(step);
            } else {
                text.append("[\"").append(step).append("\"]");
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return words(steps.size());
    }
}
