package io.knit.api.spi.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures in the text format that Prometheus scrapes, version 0.0.4. */
public final class FigureText {
    /** What HTTP calls the format. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double MOST_EXACT = 1L << 53;

    private FigureText() {}

    /** One line for each figure, after two that tell what the name means; names in the order they first come in. */
    public static String of(List<Figure> figures) {
        Map<String, List<Figure>> byName = new LinkedHashMap<>();
        figures.forEach(figure ->
                byName.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(figure));
        StringBuilder text = new StringBuilder();
        byName.forEach((name, same) -> {
            Figure first = same.get(0);
            String kind = first.kind().name().toLowerCase(Locale.ROOT);
            text.append("# HELP ").append(name).append(' ').append(escapeHelp(first.help()));
            text.append("\n# TYPE ").append(name).append(' ').append(kind).append('\n');
            same.forEach(figure -> text.append(name)
                    .append(labels(figure.labels()))
                    .append(' ')
                    .append(number(figure.value()))
                    .append('\n'));
        });
        return text.toString();
    }

    private static String labels(Map<String, String> labels) {
        return labels.isEmpty()
                ? ""
                : labels.entrySet().stream()
                        .map(label -> label.getKey() + "=\"" + escapeLabel(label.getValue()) + '"')
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escapeHelp(String help) {
        return help.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String escapeLabel(String label) {
        return escapeHelp(label).replace("\"", "\\\"");
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < MOST_EXACT;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }
}
