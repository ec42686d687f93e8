package io.knit.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What Go's own engine made of each case, by {@code scripts/go-template-vectors}; how a fault is said is Knit's own. */
class GoldenVectorsTest {
    private static final Path FOLDER = Path.of("src/test/resources/io/knit/gotemplate");

    /** Where Knit does not do as Go, and why. */
    private static final List<String> OTHERWISE = List.of();

    @Test
    void eachIsRenderedAsGoDoes() {
        List<String> differences = Vector.read(FOLDER.resolve("vectors.json")).stream()
                .filter(vector -> !OTHERWISE.contains(vector.template()))
                .map(Vector::difference)
                .filter(Objects::nonNull)
                .toList();
        assertThat(differences).as("%d differences", differences.size()).isEmpty();
    }

    @Test
    void theCasesAreThoseThatGoWasGiven() throws IOException {
        List<String> cases = Files.readString(FOLDER.resolve("cases.txt"))
                .lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith("@data "))
                .map(line -> line.replace('¶', '\n').replace('→', '\t'))
                .toList();
        List<String> given = Vector.read(FOLDER.resolve("vectors.json")).stream()
                .map(Vector::template)
                .toList();
        assertThat(given)
                .as("after a change of cases.txt run scripts/go-template-vectors")
                .isEqualTo(cases)
                .hasSizeGreaterThan(500);
    }
}
