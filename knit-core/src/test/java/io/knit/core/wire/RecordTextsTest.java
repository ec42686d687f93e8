package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read in the quick way is what the codec reads, and whatever is not is left to it. */
class RecordTextsTest {
    private static final int MUTANTS = 400;
    /** What is likely to be another value, or none. */
    private static final String ALPHABET = "{}[],:\"\\/ 0129-.eEtrufalsn_x\u00e9\n";

    /** Of which a store has many. */
    private static final Set<String> STORED = Set.of(
            "KeptDeployment",
            "KeptRevision",
            "DeploymentSpec",
            "KeptSpec",
            "Instance",
            "Observed",
            "Node",
            "NodeFacts",
            "NodeJudgement",
            "SlotVolume",
            "SlotMove",
            "KeptEvents",
            "KeptToken",
            "KeptWebhook",
            "Course",
            "KeptValue",
            "Older",
            "Meta");

    static Stream<Path> files() throws IOException {
        return GoldenTest.files();
    }

    private static String text(Path file) throws IOException {
        String golden = Files.readString(GoldenTest.GOLDEN.resolve(file));
        return WireCodec.encodeText(WireCodec.decodeText(golden, GoldenTest.recordOf(file)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void whatKnitWritesIsReadAsTheCodecReadsIt(Path file) throws IOException {
        Class<?> type = GoldenTest.recordOf(file);
        String text = text(file);
        RecordTexts texts = new RecordTexts();
        if (STORED.contains(type.getSimpleName())) {
            assertThat(texts.ifUsual(text, type)).as(text).isPresent();
        }
        Object read = WireCodec.decodeText(text, type);
        assertThat(texts.decode(text, type)).isEqualTo(read);
        assertThat(texts.decode(text, type)).as("a second time").isEqualTo(read);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void whatIsAnythingElseIsNeverReadAsAnother(Path file) throws IOException {
        Class<?> type = GoldenTest.recordOf(file);
        String text = text(file);
        Random random = new Random(file.toString().hashCode());
        RecordTexts texts = new RecordTexts();
        for (int i = 0; i < MUTANTS; i++) {
            String mutant = mutant(text, random);
            Optional<?> read = texts.ifUsual(mutant, type);
            read.ifPresent(value -> assertThat(value).as(mutant).isEqualTo(WireCodec.decodeText(mutant, type)));
            if (i % 3 == 0) {
                texts.ifUsual(text, type);
            }
        }
    }

    /** With something else in it, less, or more. */
    private static String mutant(String text, Random random) {
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + 1 + random.nextInt(random.nextBoolean() ? 2 : 40));
        String other = String.valueOf(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, from) + other + text.substring(from + 1);
            case 1 -> text.substring(0, from) + other + text.substring(from);
            case 2 -> text.substring(0, from) + text.substring(to);
            default -> text.substring(0, to) + text.substring(from);
        };
    }

    @Test
    void whatATextDoesNotSayIsTheDefaultAndWhatItNeedsIsSaidByTheCodec() {
        RecordTexts texts = new RecordTexts();
        String brief = "{\"deployment\":\"a\",\"id\":\"a-0\",\"order\":\"RUN\",\"revision\":1,\"slot\":0}";
        assertThat(texts.ifUsual(brief, Instance.class)).contains(WireCodec.decodeText(brief, Instance.class));
        assertThatThrownBy(() -> texts.decode(
                        "{\"deployment\":\"a\",\"order\":\"RUN\",\"revision\":1,\"slot\":0}", Instance.class))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("id");
        // the policy of a pull hangs on the image
        for (String image : List.of("nginx", "nginx:1.27", "nginx")) {
            String spec = "{\"image\":\"" + image + "\",\"name\":\"a\"}";
            assertThat(texts.ifUsual(spec, DeploymentSpec.class))
                    .contains(WireCodec.decodeText(spec, DeploymentSpec.class));
        }
    }

    @Test
    void whatANewerReleaseWroteIsLeftToTheCodec() {
        RecordTexts texts = new RecordTexts();
        String newer = "{\"reason\":\"\",\"unheard_of\":{\"x\":[1]}}";
        assertThat(texts.ifUsual(newer, Observed.class)).isEmpty();
        assertThat(texts.ifUsual("{\"reason\":\"\"} and more", Observed.class)).isEmpty();
        assertThat(texts.decode(newer, Observed.class)).isEqualTo(WireCodec.decodeText("{}", Observed.class));
    }

    @Test
    void whatIsAsBeforeIsTheSameObjectAndALongerNumberIsAnother() {
        RecordTexts texts = new RecordTexts();
        Instance one = texts.decode(instance(1, "[\"n1\"]"), Instance.class);
        Instance other = texts.decode(instance(12, "[\"n1\"]"), Instance.class);
        assertThat(other.decided()).isSameAs(one.decided());
        assertThat(other.revision()).isEqualTo(12);
        assertThat(texts.decode(instance(1, "[\"n1\",\"n2\"]"), Instance.class).avoid())
                .containsExactly("n1", "n2");
    }

    private static String instance(int revision, String avoid) {
        return "{\"decided\":{\"avoid\":" + avoid
                + "},\"deployment\":\"a\",\"id\":\"a-0\",\"order\":\"RUN\",\"revision\":" + revision + ",\"slot\":0}";
    }

    @Test
    void everyCharacterComesBack() {
        RecordTexts texts = new RecordTexts();
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x900; c++) {
            all.append(c);
        }
        all.append("\ud83d\ude00 \ud83d");
        KnitEvent event = new KnitEvent(1, Instant.EPOCH, "t", null, null, null, all.toString());
        assertThat(texts.ifUsual(WireCodec.encodeText(event), KnitEvent.class)).contains(event);
        // as releases before the first escape wrote it, or who edits by hand
        String plain = "{\"message\":\"\u00e9 \u20ac\",\"seq\":1,\"type\":\"t\"}";
        assertThat(texts.ifUsual(plain, KnitEvent.class)).isEmpty();
        assertThat(texts.decode(plain, KnitEvent.class).message()).isEqualTo("\u00e9 \u20ac");
    }
}
