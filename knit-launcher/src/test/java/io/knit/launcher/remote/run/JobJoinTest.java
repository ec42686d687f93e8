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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code knit run -i} at a server that does what is wanted of it alone. */
@Timeout(30)
class JobJoinTest {
    private static final int OUTPUT = 1;
    private static final int STATUS = 3;
    private static final int GIVEN = 5;
    private static final String OVER = "{\"exit_code\":0}";

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
        course = job("running", attempt(1, "preparing"));
        joined = request -> {
            course = job("running", attempt(1, "running"));
            request.toWebSocket()
                    .onSuccess(socket -> socket.handler(piece -> {
                        course = job("completed", attempt(1, "completed"));
                        say(socket, STATUS, "{\"exit_code\":0}");
                    }));
        };
        assertThat(run("x".repeat(50_000_000))).isEqualTo(new Typed(0, "", ""));
    }

    @Test
    @DisplayName("that can't be joined for now is joined as soon as it can be, and is given all")
    void joinsAgain() {
        course = job("running", attempt(1, "preparing"));
        int[] tries = {0};
        joined = request -> {
            if (tries[0]++ == 0) {
                request.response().setStatusCode(503).end("{\"code\":\"busy\",\"detail\":\"too many streams\"}");
                return;
            }
            course = job("running", attempt(1, "running"));
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

    @Test
    @DisplayName(
            "whose connection breaks before it is known that it has read all has not ended well, however little it was")
    void breaksBehind() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> socket.handler(piece -> {
                    course = job("completed", attempt(1, "completed"));
                    socket.close((short) 1001, "the server stops");
                }));
        Typed typed = run("x".repeat(60_000));
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).contains("the server stops", "it may have ended as if that were all; start it anew");
    }

    @Test
    @DisplayName("that has not taken all when its connection breaks is taken away, though all was sent")
    void notTaken() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket().onSuccess(socket -> {
            say(socket, GIVEN, "joined");
            socket.handler(piece -> {
                if (piece.length() == 1) {
                    socket.close((short) 1001, "the server stops");
                }
            });
        });
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err())
                .startsWith("knit: whether it read all that it was to is not known")
                .contains("the server stops", "j was taken away", "start it anew");
        assertThat(asked).contains("DELETE /deployments/j").containsOnlyOnce("GET /instances/j-1/attach");
    }

    @ParameterizedTest(name = "its agent is the one that knows: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "that has taken all is shown on when its connection breaks, and its exit code counts, unless its agent has"
                    + " forgotten")
    void shownOn(boolean again) {
        course = job("running", attempt(1, "running"));
        List<String> joins = new CopyOnWriteArrayList<>();
        joined = request -> {
            joins.add(String.valueOf(request.getParam("stdin")));
            request.toWebSocket().onSuccess(socket -> {
                if (joins.size() > 1) {
                    if (again) {
                        say(socket, GIVEN, "taken");
                    }
                    say(socket, OUTPUT, "more");
                    course = job("completed", attempt(1, "completed"));
                    say(socket, STATUS, OVER);
                    return;
                }
                say(socket, GIVEN, "joined");
                socket.handler(piece -> {
                    if (piece.length() == 1) {
                        say(socket, OUTPUT, "one ");
                        say(socket, GIVEN, "taken");
                        socket.close((short) 1001, "the server stops");
                    }
                });
            });
        };
        Typed typed = run("hello");
        assertThat(typed.exitCode()).as(typed.err()).isEqualTo(again ? 0 : 1);
        assertThat(typed.out()).isEqualTo("one more");
        assertThat(typed.err())
                .contains(
                        "the server stops, what j-1 writes from now on is shown",
                        "not all that it wrote could be read");
        assertThat(joins).containsExactly("true", "false");
    }

    @Test
    @DisplayName("that may have been joined as it began is not joined again when that breaks: its input is at its end")
    void brokeAsItBegan() {
        course = job("running", attempt(1, "starting"));
        joined = request -> request.toWebSocket().onSuccess(socket -> socket.close((short) 1001, "the server stops"));
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).contains("the server stops", "start it anew");
        assertThat(asked).contains("DELETE /deployments/j").containsOnlyOnce("GET /instances/j-1/attach");
    }

    @Test
    @DisplayName("that was joined once is not given anything after attempts in between that failed")
    void refusedMeanwhile() {
        course = job("running", attempt(1, "preparing"));
        int[] tries = {0};
        joined = request -> {
            if (tries[0]++ == 1) {
                course = job("running", attempt(1, "running"));
                request.response().setStatusCode(503).end("{\"code\":\"busy\",\"detail\":\"too many streams\"}");
                return;
            }
            request.toWebSocket().onSuccess(socket -> socket.close((short) 1001, "the server stops"));
        };
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(tries[0]).isEqualTo(2);
        assertThat(asked).contains("DELETE /deployments/j");
    }

    @Test
    @DisplayName("whose input another was given is not waited for")
    void givenToAnother() {
        course = job("running", attempt(1, "running"));
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> say(
                        socket,
                        STATUS,
                        "{\"error\":{\"code\":\"in_use\",\"message\":\"was given to who joined it first\"}}"));
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).contains("was given to who joined it first", "j was taken away");
    }

    @Test
    @DisplayName("that was joined after it began has written what is not here, and that is said")
    void joinedLate() {
        course = job("running", attempt(1, "preparing"));
        int[] tries = {0};
        joined = request -> {
            if (tries[0]++ < 2) {
                course = job("running", attempt(1, "running"));
                request.response().setStatusCode(503).end("{\"code\":\"busy\",\"detail\":\"too many streams\"}");
                return;
            }
            request.toWebSocket().onSuccess(socket -> {
                say(socket, OUTPUT, "tail");
                course = job("completed", attempt(1, "completed"));
                say(socket, STATUS, OVER);
            });
        };
        Typed typed = run("hello");
        assertThat(typed.exitCode()).isZero();
        assertThat(typed.out()).isEqualTo("tail");
        assertThat(typed.err()).contains("not all that it wrote could be read: too many streams");
    }

    @Test
    @DisplayName("is taken away once its server is there again, and only then is it said that it was")
    void serverComesBack() {
        course = job("running", attempt(1, "running"));
        int port = server.actualPort();
        joined = request -> request.toWebSocket()
                .onSuccess(socket -> socket.handler(piece -> {
                    socket.close((short) 1001, "the server stops");
                    vertx.setTimer(
                            50,
                            soon -> server.close()
                                    .onComplete(closed -> vertx.setTimer(
                                            7_000,
                                            later -> vertx.createHttpServer()
                                                    .requestHandler(again -> {
                                                        asked.add("again " + again.method());
                                                        answer(again);
                                                    })
                                                    .listen(port, "127.0.0.1"))));
                }));
        Typed typed = run("x".repeat(50_000_000));
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(asked).contains("again DELETE");
        assertThat(typed.err()).contains("j was taken away").doesNotContain("could not be taken away");
    }

    @Test
    @DisplayName("that was never joined and ends by itself has had no end of what it reads: its exit code counts")
    void neverJoined() {
        course = job("running", attempt(1, "preparing"));
        joined = request -> {
            course = job("completed", attempt(1, "completed"));
            request.response().setStatusCode(502).end();
        };
        Typed typed = run("hello");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err()).contains("not all that it wrote could be read").doesNotContain("it was to read");
    }

    @Test
    @DisplayName(
            "that can't be joined for long says so once, and is given up once it runs; at once where no trying helps")
    void givenUp() throws Exception {
        joined = request -> request.response().setStatusCode(502).end();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err));
        KnitClient knit = KnitClient.of(URI.create(url()));
        Duration none = Duration.ZERO;
        JobJoin join = new JobJoin(knit, console, Map.of(), false, Terminal.NONE, new JobJoin.Patience(none, none));
        JobCourse waits = JobCourse.of(new ObjectMapper().readTree(job("running", attempt(1, "preparing"))));
        Awaitility.await().until(() -> {
            join.sees(waits);
            return tries() >= 3;
        });
        assertThat(join.isGone()).isFalse();
        assertThat(err.toString()).containsOnlyOnce("j-1 can't be joined yet, and is tried again: ");
        JobCourse runs = JobCourse.of(new ObjectMapper().readTree(job("running", attempt(1, "running"))));
        Awaitility.await().until(() -> {
            join.sees(runs);
            return join.isGone();
        });
        assertThat(join.ungiven()).contains("not all that it was to read could be given");
        JobJoin wrong = new JobJoin(knit, console, Map.of(), false, Terminal.NONE);
        joined = request -> request.response().setStatusCode(400).end("{\"code\":\"invalid_value\",\"detail\":\"no\"}");
        Awaitility.await().until(() -> {
            wrong.sees(waits);
            return wrong.isGone();
        });
    }

    private long tries() {
        return asked.stream().filter(it -> it.endsWith("/attach")).count();
    }
}
