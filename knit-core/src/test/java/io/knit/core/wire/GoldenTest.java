package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.Observed;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.Durations;
import io.knit.core.agent.disk.KeptInstance;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that was ever sent or kept is read for ever. {@code golden/1} was written by Knit 0.1.0 itself, {@code golden/2} by the first that
 * says what it can. A file is named after its record and, behind a dash, what is special in it. Files are never changed: who adds a field or a
 * record puts a file with it beside them, in a folder with the next number once the present one was released.
 */
class GoldenTest {
    static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

    private static final List<String> KEPT = List.of(
            "io.knit.core.server.documents.kept.KeptDeployment",
            "io.knit.core.server.documents.kept.KeptRevision",
            Instance.class.getName(),
            Observed.class.getName(),
            Node.class.getName(),
            NodeFacts.class.getName(),
            NodeJudgement.class.getName(),
            SlotVolume.class.getName(),
            SlotMove.class.getName(),
            KnitEvent.class.getName(),
            "io.knit.core.server.documents.kept.KeptEvents",
            DeploymentSpec.class.getName(),
            "io.knit.core.server.documents.kept.Meta",
            "io.knit.core.server.documents.kept.KeptSpec",
            "io.knit.core.server.documents.kept.KeptToken",
            "io.knit.core.server.documents.kept.KeptWebhook",
            "io.knit.core.server.documents.kept.KeptValue",
            "io.knit.core.server.documents.kept.KeptValue$Older",
            "io.knit.api.command.Webhook$Course",
            "io.knit.core.server.history.KeptEntry",
            "io.knit.core.agent.disk.AgentIdentity",
            "io.knit.core.agent.disk.DataDir$Kept",
            "io.knit.core.agent.disk.KeptInstances$All",
            "io.knit.core.agent.image.PulledFile$Kept",
            KeptInstance.class.getName());

    /** By their names without a package, with a dot for what is inside of another. */
    private static final Map<String, Class<?>> RECORDS = records();

    private static Map<String, Class<?>> records() {
        Map<String, Class<?>> records = new TreeMap<>();
        Stream<String> sent = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.knit.core.wire")
                        .stream()
                        .filter(type -> type.isAssignableTo(Record.class))
                        .map(JavaClass::getName);
        Stream.concat(sent, KEPT.stream()).forEach(name -> {
            try {
                Class<?> type = Class.forName(name);
                String known = name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
                records.put(known.replace("DataDir.", ""), type);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        });
        return records;
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(GOLDEN)) {
            return all
                    .filter(file -> file.toString().endsWith(".json"))
                    .map(GOLDEN::relativize)
                    .filter(file -> !isUpgraded(file))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** Documents that were parted since: {@code GoldenUpgradeTest} reads them. */
    private static boolean isUpgraded(Path file) {
        return file.toString().matches("[12]/(Instance(-pending)?|Node|Deployment|Revision)\\.json");
    }

    static Class<?> recordOf(Path file) {
        String name = Objects.requireNonNull(file.getFileName()).toString().replaceAll("(-[a-z-]+)?\\.json$", "");
        return Objects.requireNonNull(RECORDS.get(name), () -> file + " is named after no record");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void isReadForEver(Path file) throws IOException {
        String written = Files.readString(GOLDEN.resolve(file));
        Object read = WireCodec.decodeText(written, recordOf(file));
        assertSame(WireCodec.parse(written), read, recordOf(file), file.toString(), new TreeSet<>());
    }

    /** Each field has the value that the text says, and what it does not say is null or the default. */
    private static void assertSame(JsonNode written, @Nullable Object read, Type type, String where, Set<String> seen) {
        if (read instanceof Record) {
            for (RecordComponent field : read.getClass().getRecordComponents()) {
                String name = snakeCase(field.getName());
                JsonNode said = written.get(name);
                Object value = valueOf(read, field);
                String place = where + "/" + name;
                if (said == null) {
                    assertThat(value).as(place).isEqualTo(Defaults.of(field));
                } else {
                    seen.add(read.getClass().getName() + "#" + field.getName());
                    assertSame(said, value, field.getGenericType(), place, seen);
                }
            }
            written.fieldNames()
                    .forEachRemaining(name -> assertThat(
                                    Arrays.stream(read.getClass().getRecordComponents())
                                            .map(field -> snakeCase(field.getName())))
                            .as("fields of %s: none that was ever sent may vanish", where)
                            .contains(name));
        } else if (read instanceof List<?> list) {
            assertThat(list).as(where).hasSize(written.size());
            Type element = ((ParameterizedType) type).getActualTypeArguments()[0];
            for (int i = 0; i < list.size(); i++) {
                assertSame(written.get(i), list.get(i), element, where + "/" + i, seen);
            }
        } else if (read instanceof Map<?, ?> map) {
            assertThat(map).as(where).hasSize(written.size());
            map.forEach(
                    (key, value) -> assertThat(written.path(String.valueOf(key)).asText())
                            .as(where)
                            .isEqualTo(String.valueOf(value)));
        } else if (read instanceof JsonNode tree) {
            assertThat(tree).as(where).isEqualTo(written);
        } else if (read instanceof Enum<?> word) {
            assertThat(word.name()).as(where).isEqualTo(written.textValue());
        } else if (read instanceof Duration duration) {
            assertThat(Durations.text(duration)).as(where).isEqualTo(written.textValue());
        } else if (read instanceof Instant time) {
            assertThat(time.toEpochMilli()).as(where).isEqualTo(written.longValue());
        } else {
            assertThat(String.valueOf(read)).as(where).isEqualTo(written.asText());
        }
    }

    private static @Nullable Object valueOf(Object record, RecordComponent field) {
        try {
            field.getAccessor().setAccessible(true);
            return field.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    @Test
    @DisplayName("every field of every record that is sent or kept stands in a golden file")
    void everyFieldIsThere() throws IOException {
        Set<String> seen = new TreeSet<>();
        for (Path file : files().toList()) {
            String written = Files.readString(GOLDEN.resolve(file));
            Class<?> type = recordOf(file);
            assertSame(WireCodec.parse(written), WireCodec.decodeText(written, type), type, file.toString(), seen);
        }
        List<String> missing = new ArrayList<>();
        Set<Class<?>> all = new LinkedHashSet<>();
        RECORDS.values().forEach(type -> addParts(type, all));
        for (Class<?> type : all) {
            for (RecordComponent field : type.getRecordComponents()) {
                if (!Defaults.isKeptApart(field) && !seen.contains(type.getName() + "#" + field.getName())) {
                    missing.add(type.getSimpleName() + "." + field.getName());
                }
            }
        }
        assertThat(missing)
                .as("fields that no file in src/test/resources/golden says; add one with them")
                .isEmpty();
    }

    private static void addParts(Type type, Set<Class<?>> found) {
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                addParts(argument, found);
            }
        } else if (type instanceof Class<?> record && record.isRecord() && found.add(record)) {
            for (RecordComponent field : record.getRecordComponents()) {
                addParts(field.getGenericType(), found);
            }
        }
    }
}
