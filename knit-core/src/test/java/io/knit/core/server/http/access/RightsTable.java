package io.knit.core.server.http.access;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of {@code docs/security.md}: what is said to people is what is tried. */
public final class RightsTable {
    private static final Path PAGE = Path.of("..", "docs", "security.md");

    private RightsTable() {}

    /**
     * Who tries something.
     *
     * @param caller null: nobody shows a token
     * @param target the name of the deployment that he tries it on
     */
    public record Who(String words, @Nullable Caller caller, String target) {
        /** Whether the cell says that he may. */
        public boolean may(String cell) {
            return switch (cell) {
                case "yes" -> true;
                case "no" -> false;
                case "own" -> caller != null && caller.isFor(target);
                case "all" -> caller != null && caller.isForAll();
                default -> throw new IllegalArgumentException("no cell says " + cell);
            };
        }
    }

    /** For everything, for what is tried, for something else; in the order of the columns. */
    public static List<Who> of(Role role) {
        String word = role.name().toLowerCase(java.util.Locale.ROOT);
        return List.of(
                new Who(word, new Caller(word, role, "a test"), "web"),
                new Who(word + " of web*", new Caller(word + "-in", role, "a test", List.of("web*")), "web"),
                new Who(word + " of web*, at db", new Caller(word + "-out", role, "a test", List.of("web*")), "db"));
    }

    /** The cells of each row, by its first one. */
    public static Map<String, List<String>> table(String name) throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("<!-- rights: " + name + " -->");
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line :
                page.substring(begin).split("\n\n", 3)[1].lines().skip(2).toList()) {
            List<String> cells = new ArrayList<>(
                    Arrays.stream(line.split("\\|")).map(String::strip).toList());
            rows.put(cells.get(1).replace("`", ""), cells.subList(2, cells.size()));
        }
        return rows;
    }
}
