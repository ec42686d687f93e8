package io.knit.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Templates made by chance, of which {@code scripts/go-template-vectors --fuzz} knows what Go makes of them. */
class FuzzVectorsTest {
    @Test
    @EnabledIfSystemProperty(
            named = "knit.gotemplate.fuzz",
            matches = ".+",
            disabledReason = "scripts/go-template-vectors --fuzz makes them, with Go")
    void whatIsMadeByChanceIsRenderedAsGoDoes() {
        List<String> differences = Vector.read(Path.of(System.getProperty("knit.gotemplate.fuzz", ""))).stream()
                .map(Vector::difference)
                .filter(Objects::nonNull)
                .toList();
        assertThat(differences.stream().limit(12).toList())
                .as("%d differences", differences.size())
                .isEmpty();
    }
}
