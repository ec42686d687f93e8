package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volumes that are downloaded from the dashboard, and restored there. */
class VolumeFilesTest {
    private static final String ADDRESS = "/dashboard/volumes/web/0/data";
    private static final SlotVolume DATA = new SlotVolume("web", "0", "data", "n1", NOW, null);

    private final ByteArrayOutputStream came = new ByteArrayOutputStream();
    private final AtomicInteger largest = new AtomicInteger();
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("others", new Caller("others", Role.DEPLOYER, "a test", List.of("db")));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.volumes = List.of(new VolumeView(DATA, null, "", ""));
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return new Taking(reader);
        };
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Of an agent that keeps what comes. */
    private class Taking implements Pipe {
        private final PipeReader reader;

        Taking(PipeReader reader) {
            this.reader = reader;
        }

        @Override
        public Future<Void> write(int channel, byte[] bytes) {
            came.writeBytes(bytes);
            largest.accumulateAndGet(bytes.length, Math::max);
            return Future.succeededFuture();
        }

        @Override
        public void end() {
            reader.ended(new byte[0]);
        }

        @Override
        public void cancel() {}
    }

    private PageSession as(String token) throws Exception {
        return new PageSession(server, token);
    }

    private void isHadBy(String instance) {
        server.orchestrator.volumes = List.of(new VolumeView(DATA, instance, "", ""));
    }

    @Test
    @DisplayName("a snapshot comes as a file with the volume's name")
    void snapshot() throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.begun();
            reader.bytes(0, "a tar".getBytes(StandardCharsets.UTF_8));
            reader.ended(new byte[0]);
            return Pipe.NONE;
        };
        HttpResponse<String> tar = as("all").get(ADDRESS + "/snapshot?node=n1");
        assertThat(tar.statusCode()).as(tar.body()).isEqualTo(200);
        assertThat(tar.body()).isEqualTo("a tar");
        assertThat(tar.headers().firstValue("Content-Type")).hasValue("application/x-tar");
        assertThat(tar.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"web-0-data.tar\"");
    }

    @Test
    @DisplayName("why there is no snapshot stands on a page, which is no file")
    void noSnapshot() throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.failed(new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, "n1 does not answer"));
            return Pipe.NONE;
        };
        HttpResponse<String> page = as("all").get(ADDRESS + "/snapshot");
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.body()).contains("n1 does not answer", "href=\"/dashboard/volumes\">Back to the volumes</a>");
        assertThat(page.headers().firstValue("Content-Disposition")).isEmpty();
    }

    @Test
    @DisplayName("a tar is restored byte by byte, in pieces, and the page says so")
    void restore() throws Exception {
        byte[] tar = new byte[3 << 20];
        new Random(3).nextBytes(tar);
        HttpResponse<String> done = as("all").upload(ADDRESS + "/restore?node=n1", tar);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).hasValue("/dashboard/volumes?restored=web%2F0%2Fdata");
        assertThat(came.toByteArray()).isEqualTo(tar);
        assertThat(largest).hasValueLessThan(256 << 10);
        assertThat(as("all").get("/dashboard/volumes?restored=web%2F0%2Fdata").body())
                .contains("web/0/data has what was in the tar.");
    }

    @Test
    @DisplayName(
            "what is not of a page of ours, or not allowed, restores nothing, and says why to the end of a large file")
    void refused() throws Exception {
        byte[] tar = new byte[3 << 20];
        HttpResponse<String> old = as("all").upload(ADDRESS + "/restore", "0".repeat(64), tar);
        assertThat(old.statusCode()).isEqualTo(403);
        assertThat(old.body()).contains(Frame.OLD_PAGE);
        HttpResponse<String> looks = as("looks").upload(ADDRESS + "/restore", new byte[9]);
        assertThat(looks.statusCode()).isEqualTo(403);
        HttpResponse<String> others = as("others").upload(ADDRESS + "/restore", new byte[9]);
        assertThat(others.statusCode()).isIn(403, 404);
        isHadBy("web-0-a");
        HttpResponse<String> had = as("all").upload(ADDRESS + "/restore", tar);
        assertThat(had.statusCode()).isEqualTo(409);
        assertThat(had.body()).contains("is had by web-0-a", "Nothing was changed");
        HttpResponse<String> more = as("all").upload(ADDRESS + "/restore", new byte[9], "more", "1");
        assertThat(more.statusCode()).isEqualTo(400);
        assertThat(more.body()).contains("the form has no field");
        assertThat(came.size()).isZero();
    }

    @Test
    @DisplayName("a node that gives up in the middle is heard, though the browser still sends")
    void givenUp() throws Exception {
        server.inside.opening = (request, reader) -> {
            reader.begun();
            return new Taking(reader) {
                @Override
                public Future<Void> write(int channel, byte[] bytes) {
                    reader.failed(new KnitException(ErrorCode.INVALID_VALUE, "that is no tar"));
                    return Future.succeededFuture();
                }
            };
        };
        HttpResponse<String> page = as("all").upload(ADDRESS + "/restore", new byte[6 << 20]);
        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("that is no tar");
    }

    @ParameterizedTest
    @DisplayName("what is no form with a file, or breaks off, is refused in words")
    @CsvSource({
        "application/json, {}, 415, only a page's form with a file",
        "multipart/form-data; boundary=b, --b, 400, the form broke off before its end",
        "multipart/form-data; boundary=b, nothing, 400, the form broke off before its end",
    })
    void noForm(String type, String body, int status, String words) throws Exception {
        try (RawHttp raw = new RawHttp(server.api.port())) {
            raw.send("POST " + ADDRESS
                    + "/restore HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer all\r\nConnection: close\r\n"
                    + "Content-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(raw.line()).startsWith("HTTP/1.1 " + status);
            String line = raw.line();
            while (!line.contains(words)) {
                assertThat(line).isNotNull();
                line = raw.line();
            }
        }
    }

    @Test
    @DisplayName("the page offers to whom it is allowed what can be done now")
    void offers() throws Exception {
        String snapshot = "href=\"" + ADDRESS + "/snapshot?node=n1\"";
        String restore = "action=\"" + ADDRESS + "/restore?node=n1\" enctype=\"multipart/form-data\"";
        assertThat(as("all").get("/dashboard/volumes").body()).contains(snapshot, restore, "type=\"file\"");
        assertThat(as("looks").get("/dashboard/volumes").body())
                .contains("<b>data</b>")
                .doesNotContain(snapshot, restore, "type=\"file\"");
        isHadBy("web-0-a");
        server.orchestrator.put(DeploymentSpec.builder("web", "web:1").build(), DeploymentStatus.RUNNING, List.of());
        assertThat(as("all").get("/dashboard/volumes").body())
                .contains(snapshot, "To restore it from a tar, stop what has it first: scale web to 0.")
                .doesNotContain(restore);
        assertThat(as("looks").get(ADDRESS + "/snapshot").statusCode()).isEqualTo(403);
    }
}
