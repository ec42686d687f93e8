package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples in docs/protocol.md are messages, and name only fields that messages have. */
class ProtocolDocTest {
    private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
    private static final Path PAGE = Path.of("..", "docs", "protocol.md");

    private static final List<Class<?>> IN_ORDER =
            List.of(Heartbeat.class, HeartbeatReply.class, Task.class, AssignmentsPage.class, StatusReport.class);

    @Test
    void everyExampleIsAMessage() throws IOException {
        Matcher matcher = JSON.matcher(Files.readString(PAGE));
        for (Class<?> type : IN_ORDER) {
            assertThat(matcher.find()).as("an example of %s", type).isTrue();
            String example = matcher.group(1);
            Object message = completed(example, type);
            Matcher field = Pattern.compile("\"([a-z_]+)\":").matcher(example);
            String written = WireCodec.encodeText(message);
            while (field.find()) {
                assertThat(written).as("field of %s", type.getSimpleName()).contains("\"" + field.group(1) + "\":");
            }
        }
    }

    /** The spec in the page's example is cut short; everything else is whole. */
    private static Object completed(String example, Class<?> type) {
        String whole = example.replace(
                "\"image\":\"nginx:latest\"}",
                "\"image\":\"nginx:latest\",\"command\":[],\"args\":[],\"env\":{},\"labels\":{},\"node_selector\":{},"
                        + "\"replicas\":1,\"pull\":\"ALWAYS\",\"ports\":[],\"templates\":[]}");
        return WireCodec.decode(whole.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void everySubjectIsOnThePage() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains(
                        Subjects.heartbeat("<node>"),
                        Subjects.assignments("<node>"),
                        Subjects.names("<node>"),
                        Subjects.NAMES_BROADCAST,
                        Subjects.status("<node>"),
                        Subjects.streamUp("<node>", "<id>"),
                        Subjects.streamDown("<node>", "<id>"),
                        Subjects.DEPLOY_BROADCAST,
                        Subjects.UNDEPLOY_BROADCAST,
                        Subjects.deployTo("<node>"));
    }
}
