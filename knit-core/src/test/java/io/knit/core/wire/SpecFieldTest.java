package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SpecFieldTest {
    private static final DeploymentSpec SPEC =
            DeploymentSpec.builder("web", "web:1").env("A", "1").env("B", "2").build();

    @Test
    void everyFieldOfASpecIsDecidedUpon() {
        assertThat(Arrays.stream(SpecField.values()).map(SpecField::wireName))
                .containsExactlyElementsOf(Arrays.stream(DeploymentSpec.class.getRecordComponents())
                        .map(component ->
                                component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT))
                        .toList());
    }

    @Test
    void theDocsSayTheSame() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "api.md"));
        String table = page.substring(page.indexOf("## What restarts"), page.indexOf("## A deployment"));
        Map<SpecField.Use, List<String>> rows = new EnumMap<>(SpecField.Use.class);
        for (SpecField field : SpecField.values()) {
            if (field != SpecField.NAME) {
                rows.computeIfAbsent(field.use(), use -> new ArrayList<>()).add("`" + field.wireName() + "`");
            }
        }
        rows.values().forEach(fields -> assertThat(table).contains("\n| " + String.join(", ", fields) + " |"));
    }

    @Test
    void onlyWhatAFieldIsForIsCompared() {
        DeploymentSpec other = DeploymentSpec.builder("web", "web:1")
                .env("B", "2")
                .env("A", "1")
                .replicas(12)
                .pull(PullPolicy.ALWAYS)
                .registryAuth("me", "a word")
                .nodeSelector("zone", "b")
                .build();

        assertThat(Arrays.stream(SpecField.Use.values())
                        .filter(use -> SpecField.same(use, SPEC, other))
                        .collect(Collectors.toList()))
                .isEqualTo(Collections.singletonList(SpecField.Use.CONTAINER));
    }
}
