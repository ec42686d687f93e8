package io.knit.core.server.dashboard.form;

import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import java.util.Map;
import java.util.TreeMap;

/** What stands beside the form's fields, from the table of a spec's fields. */
public final class FormWords {
    private static final Map<String, Label> LABELS = labels();

    private FormWords() {}

    /**
     * One field's.
     *
     * @param title what the field means, as the docs say it, without their marks
     */
    public record Label(String label, String hint, String title) {}

    /** By the field's name in JSON; only those that a form has. */
    public static Map<String, Label> all() {
        return LABELS;
    }

    private static Map<String, Label> labels() {
        Map<String, Label> labels = new TreeMap<>();
        add(SpecTable.SPEC, labels);
        add(ContainerTables.TEMPLATE, labels);
        return labels;
    }

    private static <R> void add(Table<R> table, Map<String, Label> labels) {
        for (Field<R> field : table.fields()) {
            if (!field.label().isEmpty()) {
                labels.put(field.name(), new Label(field.label(), field.hint(), plain(field.doc())));
            }
        }
    }

    private static String plain(String markdown) {
        return markdown.replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                .replace("`", "")
                .replace(", see below", "");
    }
}
