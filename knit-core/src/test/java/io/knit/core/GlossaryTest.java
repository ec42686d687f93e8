package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** docs/glossary.md and the code use the same words. */
class GlossaryTest {
    private static final Path PAGE = Path.of("..", "docs", "glossary.md");

    @Test
    void everyStateIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Arrays.stream(InstanceState.values()).map(InstanceState::wireName))
                .allSatisfy(name -> assertThat(page).contains(name));
        assertThat(Arrays.stream(NodeState.values()).map(NodeState::wireName))
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void noClassIsCalledByAWordThatSaysNothing() {
        assertThat(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.knit"))
                .extracting(type -> type.getSimpleName())
                .noneMatch(name -> name.matches(".*(Manager|Helper|Utils?|Impl)"));
    }
}
