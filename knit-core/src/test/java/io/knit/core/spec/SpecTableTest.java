package io.knit.core.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Resources;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.VolumeSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpecTableTest {
    private static final DeploymentSpec SPEC =
            DeploymentSpec.builder("web", "web:1").env("A", "1").env("B", "2").build();

    /** What a spec would be with one more field. */
    record More(int pids, long memory) {}

    @Test
    void everyRecordInASpecHasItsTable() {
        List<Class<?>> tabled = new java.util.ArrayList<>(
                SpecTable.ALL.values().stream().<Class<?>>map(Table::record).toList());
        parts().forEach(part -> tabled.add(part.record()));
        assertThat(tabled).containsExactlyInAnyOrderElementsOf(recordsIn(DeploymentSpec.class, new LinkedHashSet<>()));
    }

    @Test
    void everyComponentHasItsRowOfItsType() {
        for (Table<?> table :
                Stream.concat(SpecTable.ALL.values().stream(), parts().stream()).toList()) {
            RecordComponent[] components = table.record().getRecordComponents();
            assertThat(components).hasSameSizeAs(table.components());
            for (int i = 0; i < components.length; i++) {
                Field<?> field = table.components().get(i);
                assertThat(field.name())
                        .isEqualTo(components[i]
                                .getName()
                                .replaceAll("([A-Z])", "_$1")
                                .toLowerCase(java.util.Locale.ROOT));
                assertThat(components[i].getGenericType().getTypeName())
                        .as("%s of %s", field.name(), table.record())
                        .matches(javaTypes(field));
            }
        }
    }

    private static List<Table<?>> parts() {
        return SpecTable.SPEC.components().stream()
                .filter(Field::isPart)
                .<Table<?>>map(Field::table)
                .toList();
    }

    @Test
    void thePartsFieldsAreTheSpecsOwnInJson() {
        assertThat(SpecTable.SPEC.names())
                .contains("user", "cap_drop", "tmpfs", "hostname")
                .doesNotContain("process", "isolation", "scratch")
                .doesNotHaveDuplicates();
        DeploymentSpec other = SpecTable.SPEC.with(FullSpec.SPEC, Map.of("user", "nobody", "image", "web:3"));
        assertThat(other.process().user()).isEqualTo("nobody");
        assertThat(other.process().workdir()).isEqualTo("/srv");
        assertThat(other.image()).isEqualTo("web:3");
        assertThat(SpecTable.SPEC.with(other, Map.of("user", "app:1000", "image", "web:2")))
                .isEqualTo(FullSpec.SPEC);
    }

    @Test
    void aComponentWithoutARowIsRefused() {
        assertThatThrownBy(() -> Table.requireWhole(More.class, List.of("pids")))
                .hasMessageContaining("of More the rows [pids]")
                .hasMessageContaining("components [pids, memory]")
                .hasMessageContaining("give each component its row");
        assertThatThrownBy(() -> Table.requireWhole(Resources.class, List.of("pids", "memory")))
                .hasMessageContaining("components [pids, cpu, memory, memory_max, gpus]");
    }

    @Test
    void aRowTellsWhatTheRecordHas() {
        DeploymentSpec full = FullSpec.SPEC;
        for (Field<DeploymentSpec> field : SpecTable.SPEC.fields()) {
            DeploymentSpec without = SpecTable.SPEC.of(Map.of("name", "-", "image", "-"));
            Object value = field.of(full);
            assertThat(value).as(field.name()).isNotEqualTo(SpecTable.SPEC.unlessGiven(field));
            assertThat(field.of(SpecTable.SPEC.with(without, Collections.singletonMap(field.name(), value))))
                    .isEqualTo(value);
        }
    }

    @Test
    void whatIsLeftOutIsWhatTheBuilderChooses() {
        for (String image : List.of("nginx", "nginx:latest", "nginx:1")) {
            assertThat(SpecTable.SPEC.of(Map.of("name", "web", "image", image)))
                    .isEqualTo(DeploymentSpec.builder("web", image).build());
        }
        assertThat(ContainerTables.PORT.of(Map.of("container_port", 80)).protocol())
                .isEqualTo(Protocol.TCP);
        assertThat(ContainerTables.RESOURCES.of(Map.of())).isEqualTo(Resources.DEFAULT);
    }

    @Test
    void whatIsChosenUnlessGivenIsAllowed() {
        for (Table<?> table : SpecTable.ALL.values()) {
            numbers(table);
        }
    }

    private static <R> void numbers(Table<R> table) {
        for (Field<R> field : table.fields()) {
            if (field.type() == io.knit.core.spec.Type.NUMBER && !field.required()) {
                assertThat(field.range().has((Integer) Objects.requireNonNull(table.unlessGiven(field))))
                        .as(field.name())
                        .isTrue();
            }
            if (field.type() == io.knit.core.spec.Type.DURATION
                    && table.unlessGiven(field) instanceof Duration chosen) {
                assertThat(field.span().fault(field.name(), chosen)).isNull();
            }
        }
    }

    /** What is handed on has nothing of it, wherever in a spec it stands: a map, above all, holds what its program calls its own. */
    @Test
    void whatIsConfidentialIsMasked() {
        DeploymentSpec masked = SpecTable.SPEC.masked(FullSpec.SPEC, text -> "***");
        List<String> shown = SpecDiff.of(FullSpec.SPEC, masked).stream()
                .map(change -> change.pointer()
                        .replaceAll("/[0-9]+(?=/|$)", "")
                        .replaceAll("(?<=/(env|headers|options))/.*", ""))
                .distinct()
                .toList();
        assertThat(shown)
                .containsExactlyInAnyOrder(
                        "/env",
                        "/templates/content",
                        "/registry_auth/username",
                        "/registry_auth/password",
                        "/health/http/headers",
                        "/init_containers/env",
                        "/sidecars/env");
        assertThat(SpecTable.SPEC.masked(masked, text -> "***")).isSameAs(masked);
        List<String> open = Stream.concat(SpecTable.ALL.values().stream(), parts().stream())
                .flatMap(table -> table.fields().stream())
                .filter(field -> field.type() == io.knit.core.spec.Type.TEXT_MAP && !field.confidential())
                .map(Field::name)
                .distinct()
                .toList();
        assertThat(open).containsExactlyInAnyOrder("labels", "node_selector", "ulimits", "sysctls");
    }

    /** What decides where a slot may be, and whether two may write at once, is decided of a masked spec as of the spec itself. */
    @Test
    void ofAMaskedVolumeItIsStillKnownWhatItIs() {
        VolumeSpec share = new VolumeSpec(
                "films", "", "/films", true, "local", Map.of("type", "nfs", "device", ":/x", "o", "password=1"));
        VolumeSpec masked = SpecTable.SPEC
                .masked(DeploymentSpec.builder("a", "a:1").volume(share).build(), text -> "***")
                .volumes()
                .get(0);
        assertThat(masked.options()).isEqualTo(Map.of("type", "nfs", "device", "***", "o", "***"));
        assertThat(masked.isLocal()).isEqualTo(share.isLocal()).isFalse();
        assertThat(masked.pins()).isEqualTo(share.pins()).isFalse();
    }

    @Test
    void aSpecNeedsTheFeatureOfWhatItSets() {
        assertThat(SpecTable.features()).contains("init", "no_new_privileges", "resources");
        assertThat(SpecTable.features(SPEC)).isEmpty();
        List<TemplateSpec> templates = List.of(
                new TemplateSpec("/etc/a", "{{ node.labels | json }}{{ ports | first }}{{ var('A') }}"),
                new TemplateSpec("/etc/c", "{{ .node.id }}").by(TemplateSpec.Engine.GO),
                TemplateSpec.from("a", "/etc/b")
                        .by(TemplateSpec.Engine.NONE)
                        .rights("0600", 1, 2)
                        .asEnv()
                        .between("[[", "]]")
                        .signalling("SIGHUP")
                        .validatedBy(List.of("app"))
                        .missing(TemplateSpec.OnMissing.WAIT));
        assertThat(SpecTable.features(SpecTable.SPEC.with(FullSpec.SPEC, Map.of("templates", templates))))
                .isEqualTo(SpecTable.features());
        assertThat(SpecTable.features(DeploymentSpec.builder("web", "web:1")
                        .resources(new Resources(0))
                        .init(false)
                        .build()))
                .containsExactly("init");
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
                .health(HealthSpec.DISABLED)
                .build();

        assertThat(Arrays.stream(Use.values())
                        .filter(use -> SpecTable.same(use, SPEC, other))
                        .collect(Collectors.toList()))
                .containsExactly(Use.CONTAINER, Use.ROLLOUT, Use.RANK, Use.MARK);
    }

    private static String javaTypes(Field<?> field) {
        return switch (field.type()) {
            case TEXT -> "java.lang.String";
            case NUMBER -> "int";
            case FLAG -> "boolean";
            case CORES -> "int";
            case SIZE -> "long";
            case CHOICE ->
                "io.knit.api.model.(PullPolicy|Protocol|UpdateOrder|OnFailure|RestartSpec\\$Condition|Strategy|Mode|Constraint\\$Op|TemplateSpec\\$Engine|TemplateSpec\\$OnChange|TemplateSpec\\$OnMissing|CronSpec\\$Overlap|DisconnectSpec\\$Reconcile)";
            case DURATION -> "java.time.Duration";
            case TEXTS -> "java.util.List<java.lang.String>";
            case TEXT_MAP -> "java.util.Map<java.lang.String, java.lang.String>";
            case OBJECT -> java.util.regex.Pattern.quote(field.table().record().getName());
            case OBJECTS ->
                java.util.regex.Pattern.quote(
                        "java.util.List<" + field.table().record().getName() + ">");
        };
    }

    private static Set<Class<?>> recordsIn(Type type, Set<Class<?>> found) {
        if (type instanceof ParameterizedType list) {
            Arrays.stream(list.getActualTypeArguments()).forEach(part -> recordsIn(part, found));
        } else if (type instanceof Class<?> record && record.isRecord() && found.add(record)) {
            Arrays.stream(record.getRecordComponents()).forEach(part -> recordsIn(part.getGenericType(), found));
        }
        return found;
    }
}
