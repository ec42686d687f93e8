package io.knit.launcher.remote.run;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.client.KnitClient;
import io.knit.launcher.Typed;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.screen.Terminal;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code knit run -i} at a server that does what is wanted of it alone. */
@Timeout(30)
class JobJoinTest {
    private static final int OUTPUT = 1;
    private static final int STATUS = 3;

    private final Vertx vertx = Vertx.vertx();
    /** What became of the job was asked for, or changed, in this order. */
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** What it says of the job when it is looked at. */
    private volatile String course = "";

    private Consumer<HttpServerRequest> joined = request -> {};
    private HttpServer server;

    @BeforeEach
    void open() {
        server = await(vertx.createHttpServer()
                .requestHandler(request -> {
                    asked.add(request.method() + " " + request.path());
                    answer(request);
                })
                .listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private void answer(HttpServerRequest request) {
        if (request.path().endsWith("/attach")) {
            joined.accept(request);
        } else if (request.path().equals("/events")) {
            request.response().setStatusCode(502).end();
        } else {
            request.response()
                    .setStatusCode(request.method() == HttpMethod.POST ? 201 : 200)
                    .end(course);
        }
    }

    private Typed run(String input) {
        return Typed.given(input, () -> Typed.knit(Map.of("KNIT_SERVER", url()), "run", "-i", "--name", "j", "web:1"));
    }

    private String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private static void say(ServerWebSocket socket, int channel, String words) {
        socket.writeBinaryMessage(Buffer.buffer().appendByte((byte) channel).appendString(words));
    }

    private static JobJoin finished(JobJoin join, JobCourse over, StringWriter out) {
        try {
            join.sees(over);
            Awaitility.await().until(() -> out.toString().startsWith("x"));
            join.finish(Duration.ofSeconds(2));
            return join;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String job(String phase, String instances) {
        return "{\"name\":\"j\",\"job\":{\"phase\":\"" + phase + "\"},\"instances\":[" + instances + "]}";
    }

    private static String attempt(int number, String state) {
        return "{\"id\":\"j-" + number + "\",\"state\":\"" + state + "\",\"created_at\":\"2026-11-30T03:00:0" + number
                + "Z\",\"changed_at\":\"2026-11-30T03:00:09Z\"}";
    }

    @Test
    @DisplayName("what is still on the way after the end is waited for as long as it comes")
    void comesSlowly() throws Exception {
        joined = request -> request.toWebSocket().onSuccess(socket -> {
            int[] said = {0};
            vertx.setPeriodic(300, timer -> {
                if (said[0]++ < 10) {
                    say(socket, OUTPUT, "x");
                } else if (vertx.cancelTimer(timer)) {
                    say(socket, STATUS, "{\"exit_code\":0}");
                }
            });
        });
        StringWriter out = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(new StringWriter()));
        JobJoin join = new JobJoin(KnitClient.of(URI.create(url())), console, Map.of(), false, Terminal.NONE);
        JobCourse over = JobCourse.of(new ObjectMapper().readTree(job("completed", attempt(1, "completed"))));
        Typed.given("", () -> finished(join, over, out));
        assertThat(out.toString()).isEqualTo("x".repeat(10));
        assertThat(join.missed()).isNull();
    }

    @Test
    @DisplayName("whose connection breaks in the middle of what it reads has not ended well, though it says so itself")
    void breaks() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> socket.handler(piece -> {
                    course = job("completed", attempt(1, "completed"));
                    socket.close((short) 1001, "the server stops");
                }));
        Typed typed = run("x".repeat(50_000_000));
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err())
                .startsWith("knit: not all that it was to read could be given")
                .contains("the server stops", "start it anew");
    }

    @Test
    @DisplayName("what ends by itself need not have read all")
    void endsBefore() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> socket.handler(piece -> {
                    course = job("completed", attempt(1, "completed"));
                    say(socket, STATUS, "{\"exit_code\":0}");
                }));
        assertThat(run("x".repeat(50_000_000))).isEqualTo(new Typed(0, "", ""));
    }

    @Test
    @DisplayName("that can't be joined for now is joined as soon as it can be, and is given all")
    void joinsAgain() {
        course = job("running", attempt(1, "running"));
        int[] tries = {0};
        joined = request -> {
            if (tries[0]++ == 0) {
                request.response().setStatusCode(503).end("{\"code\":\"busy\",\"detail\":\"too many streams\"}");
                return;
            }
            request.toWebSocket()
                    .onSuccess(socket -> socket.handler(piece -> {
                        if (piece.length() > 1) {
                            say(socket, OUTPUT, piece.getString(1, piece.length()));
                        } else {
                            course = job("completed", attempt(1, "completed"));
                            say(socket, STATUS, "{\"exit_code\":0}");
                        }
                    }));
        };
        assertThat(run("hello")).isEqualTo(new Typed(0, "hello", ""));
    }

    @Test
    @DisplayName("that is tried again elsewhere after it was given something is taken away, and not waited for")
    void lost() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> socket.handler(
                        piece -> course = job("running", attempt(1, "lost") + "," + attempt(2, "running"))));
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).contains("what j-1 was given can't be given to another as well", "start it anew");
        assertThat(asked).contains("DELETE /deployments/j").doesNotContain("GET /instances/j-2/attach");
    }
}
