package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PullPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecBlobTest {
    private static DeploymentSpecBuilder spec() {
        return DeploymentSpec.builder("web", "web:1")
                .env("Z", "ä\u2028\\\"\n\t{{ }} 😀")
                .env("A", "1")
                .label("l", "v")
                .port(80)
                .init(false)
                .registryAuth("me", "s3cret")
                .template("/etc/a", "<b>&'</b>\u0001");
    }

    private static SpecBlob blob(DeploymentSpecBuilder builder) {
        return SpecBlob.of(builder.build());
    }

    @Test
    void whatWasSentOrKeptIsStillWhatItsNameSays() {
        SpecBlob made = blob(spec());
        SpecBlob sent = WireCodec.decode(WireCodec.encode(made), SpecBlob.class);
        SpecBlob kept = SpecBlob.of(made.blob(), sent.text());

        assertThat(made.isSound()).isTrue();
        assertThat(sent.isSound()).isTrue();
        assertThat(kept.isSound()).isTrue();
        assertThat(kept.read()).isEqualTo(spec().build());
    }

    @Test
    void aFieldOfALaterReleaseIsKeptThoughItIsNotUnderstood() {
        SpecBlob known = blob(spec());
        String later = known.text().replaceFirst("\\{", "{\"a_later_field\":{\"x\":[1,2.5,null]},");
        String name = Digests.whole(later.getBytes(StandardCharsets.UTF_8));
        String message = "{\"blob\":\"" + name + "\",\"spec\":" + later + "}";

        SpecBlob read = WireCodec.decode(message.getBytes(StandardCharsets.UTF_8), SpecBlob.class);

        assertThat(read.isSound()).isTrue();
        assertThat(read.read()).isEqualTo(spec().build());
    }

    @Test
    void halfACharacterOfAnOldStoreHasANameToo() {
        assertThat(blob(spec().env("A", "\ud83d")).isSound()).isTrue();
    }

    @Test
    void nameAndTextAreTheSameWithoutTheTree() {
        for (DeploymentSpecBuilder builder : List.of(
                spec(),
                DeploymentSpec.builder("bare", "x:1"),
                spec().env("A", "\ud83d \u00e4\n\"")
                        .label("b", "2")
                        .label("a", "1")
                        .replicas(3),
                spec().pull(PullPolicy.NEVER).registryAuth("me", "secret").template("/etc/x", "{{ node.id }}"))) {
            DeploymentSpec spec = builder.build();
            assertThat(SpecBlob.nameOf(spec)).isEqualTo(SpecBlob.of(spec).blob());
            assertThat(SpecBlob.textOf(spec)).isEqualTo(SpecBlob.of(spec).text());
        }
    }

    @Test
    void countAndPlaceAreNoPartOfIt() {
        assertThat(blob(spec().replicas(12).nodeSelector("zone", "b"))).isEqualTo(blob(spec()));
    }

    @Test
    void allElseIs() {
        assertThat(blob(spec().pull(PullPolicy.NEVER)).blob())
                .isNotEqualTo(blob(spec()).blob());
        assertThat(blob(spec().registryAuth("me", "another")).blob())
                .isNotEqualTo(blob(spec()).blob());
        assertThat(blob(spec().env("A", "2")).blob()).isNotEqualTo(blob(spec()).blob());
    }

    @Test
    void theNameOfWhatWasReleasedStaysWhatItIs() throws IOException {
        SpecBlob golden = WireCodec.decode(
                Files.readAllBytes(Path.of("src", "test", "resources", "golden", "2", "SpecBlob.json")),
                SpecBlob.class);

        assertThat(golden.isSound()).isTrue();
        assertThat(SpecBlob.of(SpecBlob.with(golden.read(), 3, Map.of("region", "eu")))
                        .blob())
                .isEqualTo(golden.blob());
    }

    @Test
    void nothingOfItStandsInALog() {
        assertThat(blob(spec()).toString())
                .doesNotContain("s3cret", blob(spec()).blob());
    }
}
