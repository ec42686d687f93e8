package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What embedders and plugin authors compile against is a committed list: a change of it must be meant. To accept one, copy
 * {@code target/public-surface.txt} over {@code src/test/resources/public-surface.txt}.
 */
class PublicSurfaceTest {
    private static final Path COMMITTED = Path.of("src", "test", "resources", "public-surface.txt");
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
    private static final Path FOUND = Path.of("target", "public-surface.txt");

    @Test
    void thePublicSurfaceIsTheCommittedOne() throws IOException {
        List<String> found = new ArrayList<>();
        new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.knit.api", "io.knit.core")
                        .stream()
                        .filter(PublicSurfaceTest::isFace)
                        .forEach(type -> describe(type, found));
        found.sort(null);
        Files.write(FOUND, found);

        assertThat(found).containsExactlyElementsOf(Files.readAllLines(COMMITTED));
    }

    private static boolean isFace(JavaClass type) {
        boolean entry = type.getPackageName().startsWith("io.knit.api")
                || type.getPackageName().equals("io.knit.core");
        return entry && type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static void describe(JavaClass type, List<String> found) {
        found.add(type.getName());
        for (JavaMethod method : type.getMethods()) {
            if (method.getModifiers().contains(JavaModifier.PUBLIC)
                    && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                    && !OF_EVERY_OBJECT.contains(method.getName())) {
                found.add(type.getName() + "#" + method.getName()
                        + method.getRawParameterTypes().stream()
                                .map(JavaClass::getSimpleName)
                                .collect(Collectors.joining(", ", "(", ")"))
                        + " " + method.getRawReturnType().getSimpleName());
            }
        }
    }
}
