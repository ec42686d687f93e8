package io.knit.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/api.md} shows the table as it is. To renew what it shows, copy {@code target/api.md} over {@code docs/api.md}: only what stands
 * between {@code <!-- fields of … -->} and {@code <!-- end -->} is made anew.
 */
class SpecDocsTest {
    private static final Path PAGE = Path.of("..", "docs", "api.md");
    private static final Path MADE = Path.of("target", "api.md");

    @Test
    void theDocsShowTheTable() throws IOException {
        String page = Files.readString(PAGE);
        String made = page;
        for (Map.Entry<String, Table<?>> table : SpecTable.ALL.entrySet()) {
            made = between(made, "<!-- fields of " + table.getKey() + " -->\n", markdown(table.getValue()));
        }
        made = between(made, "<!-- fields by use -->\n", byUse());
        Files.createDirectories(MADE.getParent());
        Files.writeString(MADE, made);

        assertThat(page).as("copy knit-core/target/api.md over docs/api.md").isEqualTo(made);
    }

    @Test
    void theDocsSayWhatOldAgentsDoNotKnow() throws IOException {
        String later = SpecTable.SPEC.fields().stream()
                .filter(field -> field.since() != null && field.use().isForNodes())
                .map(field -> "`" + field.name() + "`")
                .collect(Collectors.joining(", "));
        assertThat(Files.readString(PAGE).replace(" and `", ", `")).contains("does not know " + later);
    }

    private static String between(String page, String mark, String content) {
        int from = page.indexOf(mark);
        assertThat(from).as("docs/api.md has " + mark).isNotNegative();
        int to = page.indexOf("<!-- end -->", from);
        return page.substring(0, from + mark.length()) + "\n" + content + "\n" + page.substring(to);
    }

    private static <R> String markdown(Table<R> table) {
        StringBuilder text = new StringBuilder("| field | type | unless given | means |\n|---|---|---|---|\n");
        for (Field<R> field : table.fields()) {
            text.append("| `")
                    .append(field.name())
                    .append("` | ")
                    .append(field.type().words())
                    .append(" | ")
                    .append(unlessGiven(table, field))
                    .append(" | ")
                    .append(field.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static <R> String unlessGiven(Table<R> table, Field<R> field) {
        if (field.required()) {
            return "required";
        }
        if (!field.unlessGiven().isEmpty()) {
            return field.unlessGiven();
        }
        Object value = Objects.requireNonNull(table.unlessGiven(field), field.name());
        String json = SpecJson.of(field, value).toString().replace(":", ": ");
        return switch (field.type()) {
            case NUMBER, FLAG, CORES -> json;
            case TEXT, CHOICE, DURATION, SIZE -> "`" + json.replace("\"", "") + "`";
            case TEXTS, TEXT_MAP, OBJECT, OBJECTS -> "`" + json + "`";
        };
    }

    private static String byUse() {
        Map<Use, String> becomes = new EnumMap<>(Map.of(
                Use.CONTAINER, "every instance is made anew, one after the other",
                Use.PLACE,
                        "instances whose node no longer matches are made anew elsewhere, one after the other; the others run on",
                Use.TEND, "what runs runs on, and its node goes by the new value at once",
                Use.COUNT, "what is missing is started, the highest slots are stopped",
                Use.ROLLOUT, "nothing; the next change is carried out by it",
                Use.RANK, "what runs runs on, and what waits goes by it at once",
                Use.MARK, "nothing",
                Use.FETCH,
                        "what runs runs on, and its node uses the new value when the container has to be made again; what does not run"
                                + " yet is tried anew at once"));
        StringBuilder text =
                new StringBuilder("| field | when it changes |\n|---|---|\n| `name` | it is another deployment |\n");
        for (Use use :
                List.of(Use.CONTAINER, Use.PLACE, Use.COUNT, Use.FETCH, Use.TEND, Use.ROLLOUT, Use.RANK, Use.MARK)) {
            List<String> names = SpecTable.SPEC.fields().stream()
                    .filter(field -> field.use() == use && !field.name().equals("name"))
                    .map(Field<DeploymentSpec>::name)
                    .toList();
            if (!names.isEmpty()) {
                text.append(names.stream().collect(Collectors.joining("`, `", "| `", "` | ")))
                        .append(becomes.get(use))
                        .append(" |\n");
            }
        }
        return text.toString();
    }
}
