package io.knit.plugin.docker;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A new field comes with a test from end to end, or says where else it is tried. */
class FieldsOnEngineTest {
    private static final Path ROWS = Path.of("src/test/resources/fields.txt");
    private static final List<String> ON_ENGINES = List.of("knit-plugin-docker", "knit-launcher");

    /** @param words that stand in the class' source */
    private record Row(String field, String type, String words, boolean elsewhere) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        boolean elsewhere = false;
        for (String line : Files.readAllLines(ROWS)) {
            if (line.equals("elsewhere")) {
                elsewhere = true;
            } else if (!line.startsWith("#")) {
                String[] sides = line.split(" = ", 2);
                String[] where = sides[1].split(" ", 2);
                for (String field : sides[0].split(" ")) {
                    rows.add(new Row(field, where[0], where[1], elsewhere));
                }
            }
        }
        return rows;
    }

    /** Those that hold no record, with # for an element of a list. */
    private static void leaves(String pointer, Table<?> table, List<String> found) {
        for (Field<?> field : table.fields()) {
            String at = pointer + "/" + field.name();
            switch (field.type()) {
                case OBJECT -> leaves(at, field.table(), found);
                case OBJECTS -> leaves(at + "/#", field.table(), found);
                default -> found.add(at);
            }
        }
    }

    @Test
    @DisplayName("each field of a spec has a row that says where it is tried, once, and no other has one")
    void eachOnce() throws IOException {
        List<String> fields = new ArrayList<>();
        leaves("", SpecTable.SPEC, fields);
        assertThat(rows()).extracting(Row::field).containsExactlyInAnyOrderElementsOf(fields);
    }

    @Test
    @DisplayName("what a row says stands there: in a test on an engine, or elsewhere where it says so")
    void areThere() throws IOException {
        Map<String, Path> tests = tests();
        for (Row row : rows()) {
            Path source = tests.get(row.type());
            assertThat(source).as("%s: %s", row.field(), row.type()).isNotNull();
            assertThat(Files.readString(source)).as(row.field()).contains(row.words());
            assertThat(ON_ENGINES.contains(source.getName(1).toString()))
                    .as("%s is on an engine: %s", row.field(), source)
                    .isEqualTo(!row.elsewhere());
        }
    }

    /** Of all modules, by name, which no two have. */
    private static Map<String, Path> tests() throws IOException {
        Map<String, Path> found = new TreeMap<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path module : modules.toList()) {
                Path sources = module.resolve("src/test/java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        found.putAll(files.filter(file -> file.toString().endsWith(".java"))
                                .collect(toMap(
                                        file -> file.getFileName().toString().replace(".java", ""),
                                        file -> file,
                                        (a, b) -> a)));
                    }
                }
            }
        }
        return found;
    }
}
