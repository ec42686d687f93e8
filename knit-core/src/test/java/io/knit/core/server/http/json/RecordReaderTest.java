package io.knit.core.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.Field;
import io.knit.core.spec.FullSpec;
import io.knit.core.spec.Pauses;
import io.knit.core.spec.SpecJson;
import io.knit.core.spec.SpecTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is so of every field, because the table is read and not the fields one by one. */
class RecordReaderTest {
    private static final DeploymentSpec FULL = FullSpec.SPEC;

    @Test
    void whatIsShownIsReadAsTheSame() {
        ObjectNode shown = SpecJson.of(FULL);
        ((ObjectNode) shown.get("registry_auth")).put("password", "first secret");
        assertThat(read(shown)).as("of replicas nothing is said").isEqualTo(with(Map.of("replicas", 1)));

        DeploymentSpec counted = with(Map.of("mode", Mode.REPLICATED));
        ObjectNode withCount = SpecJson.of(counted);
        ((ObjectNode) withCount.get("registry_auth")).put("password", "first secret");
        assertThat(read(withCount)).isEqualTo(counted);
    }

    private static DeploymentSpec with(Map<String, Object> other) {
        return SpecTable.SPEC.with(FULL, other);
    }

    @Test
    void nullIsTheWrongTypeOfEveryField() {
        for (String name : SpecTable.SPEC.names()) {
            ObjectNode wrong =
                    new ObjectMapper().createObjectNode().put("name", "web").put("image", "web:1");
            assertThat(refusals(wrong.putNull(name))).singleElement().satisfies(refusal -> {
                assertThat(refusal.pointer()).isEqualTo("/" + name);
                assertThat(refusal.code()).isEqualTo(ErrorCode.WRONG_TYPE);
            });
        }
    }

    @Test
    void everyNameWithALetterTooManyIsToldTheNearest() {
        for (Field<DeploymentSpec> field : SpecTable.SPEC.fields()) {
            ObjectNode wrong =
                    SpecJson.of(DeploymentSpec.builder("web", "web:1").build());
            wrong.set(field.name() + "x", wrong.get("name"));
            assertThat(refusals(wrong)).singleElement().satisfies(refusal -> {
                assertThat(refusal.pointer()).isEqualTo("/" + field.name() + "x");
                assertThat(refusal).hasMessageContaining("did you mean \"" + field.name() + "\"?");
            });
        }
    }

    @Test
    void aNumberOutsideItsRangeIsToldWithWhatElseCannotBeRead() throws Exception {
        String text = "{\"name\":\"web\",\"image\":\"web:1\",\"replicas\":-1,\"resources\":{\"pids\":-2},"
                + "\"ports\":[{\"container_port\":0},{\"container_port\":\"80\"},{}]}";
        assertThat(refusals((ObjectNode) new ObjectMapper().readTree(text)))
                .extracting(KnitException::pointer, KnitException::getMessage)
                .containsExactly(
                        row("/replicas", "replicas is -1; give 0 to 1000"),
                        row("/ports/0/container_port", "container_port is 0; give 1 to 65535"),
                        row("/ports/1/container_port", "container_port is a string; remove the quotes"),
                        row("/ports/2/container_port", "container_port is missing in ports[2]; give it"),
                        row(
                                "/resources/pids",
                                "resources.pids is -2; give 1 to 4194304, -1 for no limit, or leave it out for 4096"));
    }

    @Test
    void aNumberThatStandsForAnotherIsNoFault() throws Exception {
        String text = "{\"name\":7,\"image\":\"web:1\",\"resources\":{\"pids\":0},"
                + "\"ports\":[{\"host_port\":0,\"container_port\":80}]}";
        assertThat(refusals((ObjectNode) new ObjectMapper().readTree(text)))
                .extracting(KnitException::pointer)
                .containsExactly("/name");
    }

    @Test
    void aDurationIsATextWithUnits() throws Exception {
        assertThat(pauses("{\"before\":\"1h\",\"after\":\"0s\"}", new Refusals()))
                .isEqualTo(new Pauses(Duration.ofHours(1), Duration.ZERO));
        assertThat(pauses("{}", new Refusals())).isEqualTo(new Pauses(Duration.ofSeconds(10), null));

        assertThat(refused("{\"before\":30,\"after\":\"soon\"}"))
                .containsExactly(
                        row("/before", "before is a number; give a duration with its unit, such as \"30s\""),
                        row(
                                "/after",
                                "after is \"soon\", which is no duration; give whole numbers with h, m, s or ms, such as"
                                        + " \"1h30m\", \"10s\" or \"500ms\""));
        assertThat(refused("{\"before\":\"1h1ms\",\"after\":null}"))
                .containsExactly(
                        row("/before", "before is 1h1ms; give 100ms to 1h"),
                        row("/after", "after is null; give a duration with its unit, such as \"10s\""));
    }

    private static List<org.assertj.core.groups.Tuple> refused(String json) throws Exception {
        Refusals refusals = new Refusals();
        pauses(json, refusals);
        return Refusals.of(catchThrowableOfType(KnitException.class, refusals::throwIfAny)).stream()
                .map(refusal -> row(String.valueOf(refusal.pointer()), refusal.getMessage()))
                .toList();
    }

    private static Pauses pauses(String json, Refusals refusals) throws Exception {
        return RecordReader.read(new ObjectMapper().readTree(json), Pauses.TABLE, refusals);
    }

    private static org.assertj.core.groups.Tuple row(String pointer, String words) {
        return org.assertj.core.api.Assertions.tuple(pointer, words);
    }

    private static DeploymentSpec read(ObjectNode json) {
        return SpecReader.read(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<KnitException> refusals(ObjectNode json) {
        return Refusals.of(catchThrowableOfType(KnitException.class, () -> read(json)));
    }
}
