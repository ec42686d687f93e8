package io.knit.core.server.dashboard.value;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Value;
import io.knit.core.server.dashboard.show.NodeRows;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the page of values shows: four lists, without what their values hold. */
record ValueLists(List<Section> sections) {
    private static final int MOST_NAMED = 5;

    /**
     * Those of a kind.
     *
     * @param kind as on the wire
     * @param one what one of them is called
     * @param path of all, as JSON
     * @param sealed whether nobody is told what they hold
     */
    record Section(
            String kind,
            String title,
            String one,
            String path,
            boolean sealed,
            boolean registry,
            String hint,
            List<Row> rows) {}

    /**
     * One of them.
     *
     * @param path of it, as JSON
     * @param holds how much; of a registry, as whom
     * @param readers which deployments; empty: none
     */
    record Row(
            String name, String path, int version, String holds, String at, String clock, String by, String readers) {}

    /** @throws io.knit.api.error.KnitException for who may not see them */
    static ValueLists of(Orchestrator orchestrator, Caller visitor) {
        List<Section> sections = new ArrayList<>();
        for (Value.Kind kind : Value.Kind.values()) {
            Map<String, List<String>> readers = orchestrator.readers(kind, visitor);
            String path = "/" + kind.plural();
            sections.add(new Section(
                    kind.wireName(),
                    title(kind),
                    kind == Value.Kind.REGISTRY ? "login of a registry" : kind.words(),
                    path,
                    kind.isSealed(),
                    kind == Value.Kind.REGISTRY,
                    hint(kind),
                    orchestrator.values(kind, visitor).stream()
                            .map(value -> row(value, path, readers.getOrDefault(value.name(), List.of())))
                            .toList()));
        }
        return new ValueLists(sections);
    }

    private static String title(Value.Kind kind) {
        return switch (kind) {
            case VAR -> "Variables";
            case SECRET -> "Secrets";
            case FILE -> "Files";
            case REGISTRY -> "Registries";
        };
    }

    private static String hint(Value.Kind kind) {
        return switch (kind) {
            case VAR -> "Text that everybody may see who sees all deployments.";
            case SECRET -> "What one holds is shown to nobody, here neither.";
            case FILE ->
                "What everybody may see who sees all deployments, such as settings of a program. What is no text is set by the command line.";
            case REGISTRY -> "As whom nodes pull images. The password is shown to nobody.";
        };
    }

    private static Row row(Value value, String path, List<String> readers) {
        Value.Content user = value.kind() == Value.Kind.REGISTRY ? value.content() : null;
        return new Row(
                value.name(),
                path + "/" + URLEncoder.encode(value.name(), StandardCharsets.UTF_8),
                value.version(),
                value.kind() != Value.Kind.REGISTRY
                        ? size(value.bytes())
                        : user == null ? "" : "as " + user.text().orElse(""),
                value.changedAt().toString(),
                NodeRows.CLOCK.format(value.changedAt()),
                value.changedBy(),
                named(readers));
    }

    private static String size(int bytes) {
        return bytes < 1 << 10
                ? bytes + (bytes == 1 ? " byte" : " bytes")
                : String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
    }

    /** The first few. */
    static String named(List<String> deployments) {
        String named = String.join(", ", deployments.subList(0, Math.min(MOST_NAMED, deployments.size())));
        return deployments.size() > MOST_NAMED ? named + " and " + (deployments.size() - MOST_NAMED) + " more" : named;
    }
}
