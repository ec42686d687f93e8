package io.knit.core.server.dashboard;

import static io.knit.core.server.http.FakeOrchestrator.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.inside.Pipe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a browser is told whose file is not taken, which listens only once all that it sends is gone; and for how long it is listened to. */
class RefusedUploadTest {
    private static final int MEBIBYTES = 40;
    private static final String FILE = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
    private static final String RESTORE = "/dashboard/volumes/web/0/data/restore";

    private static ApiServer server(HttpLimits limits) throws Exception {
        ApiServer server = new ApiServer(limits, true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        SlotVolume data = new SlotVolume("web", "0", "data", "n1", NOW, null);
        server.orchestrator.volumes = List.of(new VolumeView(data, "web-0-a", "", ""));
        return server;
    }

    private static String head(String path, String token, PageSession session, long length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAuthorization: Bearer " + token
                + "\r\nCookie: " + session.cookie
                + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
                + length + "\r\n\r\n";
    }

    private static String fields(PageSession session) {
        return "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + session.token + "\r\n";
    }

    @ParameterizedTest
    @DisplayName(
            "all of the file is taken, for nobody: where the connection ended before, some browsers show that, and not why")
    @CsvSource({
        "/dashboard/volumes/web/0/data/restore, all, 409, is had by web-0-a, /dashboard/volumes",
        "/dashboard/volumes/web/0/data/restore, looks, 403, deploy, /dashboard/volumes",
        "/dashboard/images/push, looks, 403, deploy, /dashboard/images",
        "/dashboard/images/push, none, 401, the token is not one of this server's, /dashboard/images",
    })
    void taken(String path, String token, int status, String words, String back) throws Exception {
        try (ApiServer server = server(HttpLimits.forHeap(1L << 30));
                RawHttp raw = new RawHttp(server.api.port())) {
            PageSession session = new PageSession(server, "all");
            String fields = fields(session) + FILE;
            String end = "\r\n--b--\r\n";
            raw.send(head(path, token, session, fields.length() + ((long) MEBIBYTES << 20) + end.length()));
            raw.send(fields);
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < MEBIBYTES; i++) {
                raw.send(piece);
            }
            raw.send(end);
            assertThat(raw.line()).startsWith("HTTP/1.1 " + status);
            assertThat(raw.rest()).contains("Connection: close", words.replace("'", "&#39;"), "\"" + back + "\"");
        }
    }

    @Test
    @DisplayName("who listens while he sends hears it at once, and not once all of it came")
    void atOnce() throws Exception {
        try (ApiServer server = server(HttpLimits.forHeap(1L << 30));
                RawHttp raw = new RawHttp(server.api.port())) {
            PageSession session = new PageSession(server, "all");
            raw.send(head(RESTORE, "all", session, 4L << 30)).send(fields(session) + FILE);
            assertThat(raw.line()).startsWith("HTTP/1.1 409");
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static HttpLimits impatient() {
        return new HttpLimits(100, 4L << 20, 4L << 20, PATIENCE, 1, Duration.ofSeconds(8), Duration.ofSeconds(15));
    }

    @Test
    @DisplayName("a form whose fields do not come is not waited for, and its connection ends with the answer")
    void slow() throws Exception {
        try (ApiServer server = server(impatient());
                RawHttp raw = new RawHttp(server.api.port())) {
            PageSession session = new PageSession(server, "all");
            raw.send(head(RESTORE, "all", session, 9000))
                    .send("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n");
            assertThat(raw.line()).startsWith("HTTP/1.1 408");
            String line = raw.line();
            while (!line.contains("the form&#39;s fields did not come in 1 s; send it again")) {
                assertThat(line).isNotEqualTo("<end>");
                line = raw.line();
            }
            assertThat(raw.rest()).isNotNull();
        }
    }

    @Test
    @DisplayName("a file may take longer than the form's fields")
    void unhurried() throws Exception {
        try (ApiServer server = server(impatient())) {
            SlotVolume data = new SlotVolume("web", "0", "data", "n1", NOW, null);
            server.orchestrator.volumes = List.of(new VolumeView(data, null, "", ""));
            server.inside.opening = (request, reader) -> {
                reader.begun();
                Promise<Void> taken = Promise.promise();
                server.vertx.setTimer(PATIENCE.toMillis() + 500, late -> taken.complete());
                return new Pipe() {
                    @Override
                    public Future<Void> write(int channel, byte[] bytes) {
                        return taken.future();
                    }

                    @Override
                    public void end() {
                        reader.ended(new byte[0]);
                    }

                    @Override
                    public void cancel() {}
                };
            };
            assertThat(new PageSession(server, "all")
                            .upload(RESTORE, new byte[3 << 20])
                            .statusCode())
                    .isEqualTo(303);
        }
    }

    @Test
    @DisplayName("a page of what went wrong leads back to where it was asked for")
    void back() throws Exception {
        try (ApiServer server = server(HttpLimits.forHeap(1L << 30))) {
            PageSession session = new PageSession(server, "all");
            HttpResponse<String> push =
                    session.upload("/dashboard/images/push", new byte[9], "image", "web:1", "nodes", "");
            assertThat(push.statusCode()).isEqualTo(503);
            assertThat(push.body()).contains("<a class=\"button\" href=\"/dashboard/images\">Back to the images</a>");
            assertThat(session.upload(RESTORE, new byte[9]).body())
                    .contains("href=\"/dashboard/volumes\">Back to the volumes</a>");
            PageSession looks = new PageSession(server, "looks");
            assertThat(looks.post("/dashboard/compose", "do", "plan").body())
                    .contains("href=\"/dashboard/compose\">Back to the Compose file</a>");
            assertThat(looks.post("/dashboard/values", "do", "set").body())
                    .contains("href=\"/dashboard/values\">Back to the values</a>");
            assertThat(session.send("/dashboard/nodes/n1/simulate", session.cookie, "", "do", "die")
                            .body())
                    .contains("href=\"/dashboard/nodes/n1\">Back to n1</a>");
            assertThat(session.get("/dashboard/nodes/n9/images").body())
                    .contains("href=\"/dashboard\">Back to the dashboard</a>");
            assertThat(session.get("/dashboard/images?x=1").body())
                    .contains("href=\"/dashboard\">Back to the dashboard</a>");
        }
    }
}
