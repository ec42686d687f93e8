package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The README's Java is the example's. */
class ReadmeTest {
    private static final Path EXAMPLE =
            Path.of("src", "main", "java", "io", "knit", "example", "embedded", "QuickStart.java");
    private static final Pattern ARTIFACT =
            Pattern.compile("<groupId>io\\.knit</groupId><artifactId>([\\w-]+)</artifactId>");
    private static final Pattern BOM = Pattern.compile(
            "<artifactId>knit-bom</artifactId><version>([^<]+)</version><type>([^<]+)</type><scope>([^<]+)</scope>");

    @Test
    void theReadmeQuotesTheExample() throws IOException {
        String[] parts = Files.readString(EXAMPLE).split(" *// \\[readme]\n", -1);
        String snippet = parts[1].indent(-8);

        assertThat(readme()).contains(snippet);
    }

    @Test
    @DisplayName("the coordinates that the README names are those of the project that knows nothing else of Knit")
    void theReadmeNamesTheCoordinates() throws IOException {
        String project = Files.readString(Path.of("..", "own-project", "pom.xml"));
        List<String> used =
                ARTIFACT.matcher(project).results().map(it -> it.group(1)).toList();
        assertThat(used).contains("knit-bom", "knit-core");
        assertThat(readme()).contains(used);
        Matcher bom = BOM.matcher(project);
        assertThat(bom.find()).isTrue();
        assertThat(readme())
                .contains("`io.knit:knit-bom:" + bom.group(1) + "` (type `" + bom.group(2) + "`, scope `" + bom.group(3)
                        + "`)");
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "..", "README.md"));
    }
}
