package io.knit.core.server.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NodeState;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.server.dashboard.frame.CookieName;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.inside.InstanceLine;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the login page to the dashboard, and out again. */
class LoginTest {
    private static final String NAME = "ann";
    /** With a sign that no session has: those are made by chance. */
    private static final String TOKEN = "ann-of-the-tests";

    private ApiServer server;
    private String csrf = "";
    private String csrfCookie = "";

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put(TOKEN, new Caller(NAME, Role.ADMIN, "a test"));
        HttpResponse<String> page = server.get("/dashboard/login");
        csrf = page.body().split("name=\"csrf\" value=\"", 2)[1].split("\"", 2)[0];
        csrfCookie = cookie(page, "knit_csrf_test");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static String cookie(HttpResponse<?> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(each -> each.startsWith(name + "="))
                .findFirst()
                .map(each -> each.split(";", 2)[0])
                .orElse("");
    }

    private HttpResponse<String> form(String path, String cookies, String fields)
            throws IOException, InterruptedException {
        return server.send(server.request(path)
                .header("Cookie", cookies)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(fields)));
    }

    private HttpResponse<String> logIn(String token) throws IOException, InterruptedException {
        return form("/dashboard/login", csrfCookie, "csrf=" + csrf + "&token=" + token);
    }

    private HttpResponse<String> page(String cookies) throws IOException, InterruptedException {
        return server.send(
                server.request("/dashboard").header("Accept", "text/html").header("Cookie", cookies));
    }

    @Test
    @DisplayName("who has not logged in is led to the page where he can, and a program is told in words")
    void ledThere() throws Exception {
        HttpResponse<String> led = page("a=b");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(led.headers().firstValue("Location")).hasValue("/dashboard/login");
        assertThat(server.get("/dashboard/fragments").statusCode()).isEqualTo(401);
        assertThat(server.get("/deployments").body()).contains("\"code\":\"unauthenticated\"", "KNIT_TOKEN");
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName(
            "a right token opens a session, which scripts and other sites can't use, and which changes nothing over REST")
    void session() throws Exception {
        HttpResponse<String> in = logIn(TOKEN);
        assertThat(in.statusCode()).isEqualTo(303);
        String set = in.headers().firstValue("Set-Cookie").orElse("");
        assertThat(set)
                .startsWith("knit_session_test=")
                .containsIgnoringCase("; HttpOnly")
                .contains("SameSite=Strict", "Path=/")
                .doesNotContain("Secure");
        assertThat(set).doesNotContain(TOKEN);
        String session = cookie(in, "knit_session_test");

        assertThat(page(session).statusCode()).isEqualTo(200);
        assertThat(page(session).body()).contains("ann, admin", "Log out");
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        HttpResponse<String> node =
                server.send(server.request("/dashboard/nodes/n1").header("Cookie", session + "; " + csrfCookie));
        assertThat(node.body()).contains("ann, admin", "Log out", "name=\"csrf\" value=\"" + csrf + "\"");
        assertThat(server.send(server.request("/deployments").header("Cookie", session))
                        .statusCode())
                .isEqualTo(200);
        HttpRequest.Builder change = server.request("/deployments")
                .header("Cookie", session)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"web\",\"image\":\"web:1\"}"));
        assertThat(server.send(change).statusCode()).isEqualTo(401);
        assertThat(form("/dashboard/undeploy", session + "; " + csrfCookie, "name=web")
                        .statusCode())
                .as("a form without its word")
                .isEqualTo(403);
        assertThat(server.orchestrator.commands).isEmpty();

        assertThat(form("/dashboard/logout", session + "; " + csrfCookie, "csrf=wrong")
                        .statusCode())
                .isEqualTo(303);
        assertThat(page(session).statusCode())
                .as("nobody is logged out by another site")
                .isEqualTo(200);
        HttpResponse<String> out = form("/dashboard/logout", session + "; " + csrfCookie, "csrf=" + csrf);
        assertThat(out.headers().firstValue("Set-Cookie").orElse("")).contains("knit_session_test=;", "Max-Age=0");
        assertThat(page(session).statusCode()).isEqualTo(303);
    }

    @Test
    @DisplayName("who wanted to see a node's page is brought to it by the login, and nobody anywhere else")
    void broughtBack() throws Exception {
        String wanted = "/dashboard/nodes/n1/images";
        HttpResponse<String> led = server.send(server.request(wanted + "?a=b").header("Accept", "text/html"));
        assertThat(led.headers().firstValue("Location")).hasValue("/dashboard/login?to=" + wanted);
        String link = led.headers().firstValue("Location").orElseThrow();
        assertThat(server.get(link).body()).contains("name=\"to\" value=\"" + wanted + "\"");
        assertThat(form("/dashboard/login", csrfCookie, "csrf=" + csrf + "&token=wrong&to=" + wanted)
                        .body())
                .as("a typing error does not lose it")
                .contains("name=\"to\" value=\"" + wanted + "\"");
        assertThat(logInTo(wanted)).hasValue(wanted);
        for (String page : List.of("values", "compose", "volumes", "images")) {
            assertThat(logInTo("/dashboard/" + page)).hasValue("/dashboard/" + page);
        }
        assertThat(logInTo("//elsewhere.example/dashboard/nodes/n1")).hasValue("/dashboard");
        assertThat(logInTo("/dashboard/nodes/n1%0d%0aSet-Cookie:a=b")).hasValue("/dashboard");
        assertThat(logInTo("/dashboard/nodes/n1/../../logout")).hasValue("/dashboard");
        assertThat(server.get("/dashboard/login?to=https://elsewhere.example").body())
                .contains("name=\"to\" value=\"/dashboard\"");
    }

    private Optional<String> logInTo(String wanted) throws IOException, InterruptedException {
        return form("/dashboard/login", csrfCookie, "csrf=" + csrf + "&token=" + TOKEN + "&to=" + wanted)
                .headers()
                .firstValue("Location");
    }

    @Test
    @DisplayName("a session is worth what its token is, at once")
    void revoked() throws Exception {
        String session = cookie(logIn(TOKEN), "knit_session_test");
        server.orchestrator.tokens.put(TOKEN, new Caller(NAME, Role.VIEWER, "a test"));
        assertThat(page(session).body()).contains("ann, viewer").doesNotContain("deploy-title");
        assertThat(form("/dashboard/undeploy", session + "; " + csrfCookie, "name=web&csrf=" + csrf)
                        .statusCode())
                .isEqualTo(403);
        server.orchestrator.tokens.clear();
        assertThat(page(session).statusCode()).isEqualTo(303);
    }

    @Test
    @DisplayName(
            "who follows events is told no more of them once his token is revoked, nor ever of those of other deployments")
    void streams() throws Exception {
        server.orchestrator.tokens.put("eve", new Caller("eve", Role.VIEWER, "a test", List.of("web-*")));
        HttpResponse<InputStream> stream = server.client.send(
                server.request("/events").header("Authorization", "Bearer eve").build(), BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        server.orchestrator.event("deployment.created", "db", null, null, "db came");
        server.orchestrator.event("deployment.created", "web-1", null, null, "web-1 came");
        StringBuilder read = new StringBuilder();
        while (!read.toString().contains("web-1")) {
            read.append((char) stream.body().read());
        }
        server.orchestrator.tokens.clear();
        server.orchestrator.event("deployment.created", "web-2", null, null, "web-2 came");
        read.append(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(read.toString()).doesNotContain("db").doesNotContain("web-2");
    }

    private HttpRequest.Builder asEve(String path) {
        server.orchestrator.tokens.put("eve", new Caller("eve", Role.ADMIN, "a test"));
        return server.request(path).header("Authorization", "Bearer eve");
    }

    @Test
    @DisplayName("who follows lines gets no more of them once his token is revoked")
    void lines() throws Exception {
        CompletableFuture<LineListener> reading = new CompletableFuture<>();
        server.inside.reads = reader -> {
            reading.complete(reader);
            return () -> {};
        };
        CompletableFuture<HttpResponse<InputStream>> asked = server.client.sendAsync(
                asEve("/deployments/web/logs?follow=true").build(), BodyHandlers.ofInputStream());
        LineListener reader = reading.get(10, TimeUnit.SECONDS);
        reader.lines(List.of(line("before")));
        InputStream body = asked.get(10, TimeUnit.SECONDS).body();
        StringBuilder read = new StringBuilder();
        while (!read.toString().contains("before")) {
            read.append((char) body.read());
        }
        server.orchestrator.tokens.clear();
        reader.lines(List.of(line("after")));
        // the answer is broken off, or ends
        assertThat(rest(body)).doesNotContain("after");
    }

    private static InstanceLine line(String text) {
        return new InstanceLine("web-0-x", new LogLine(Instant.EPOCH, false, true, text), null, null);
    }

    private static String rest(InputStream body) {
        StringBuilder read = new StringBuilder();
        try {
            for (int sign = body.read(); sign >= 0; sign = body.read()) {
                read.append((char) sign);
            }
        } catch (IOException e) {
            read.append(" <broken off>");
        }
        return read.toString();
    }

    @Test
    @DisplayName(
            "what who is in a shell sends after his token was revoked reaches no command, and what that writes not him")
    void shells() throws Exception {
        List<String> typed = new CopyOnWriteArrayList<>();
        AtomicReference<PipeReader> command = new AtomicReference<>();
        CompletableFuture<Void> left = new CompletableFuture<>();
        server.inside.opening = (request, reader) -> {
            reader.begun();
            command.set(reader);
            return new Pipe() {
                @Override
                public Future<Void> write(int channel, byte[] bytes) {
                    typed.add(new String(bytes, StandardCharsets.UTF_8));
                    return Future.succeededFuture();
                }

                @Override
                public void end() {}

                @Override
                public void cancel() {
                    left.complete(null);
                }
            };
        };
        for (boolean sends : new boolean[] {true, false}) {
            List<String> said = new CopyOnWriteArrayList<>();
            asEve("/");
            WebSocket socket = server.client
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer eve")
                    .buildAsync(
                            URI.create(server.url("/instances/web-0-x/exec?command=sh&stdin=true")
                                    .replace("http", "ws")),
                            new WebSocket.Listener() {
                                @Override
                                public @Nullable CompletionStage<?> onBinary(
                                        WebSocket from, ByteBuffer data, boolean last) {
                                    said.add(StandardCharsets.UTF_8.decode(data).toString());
                                    from.request(1);
                                    return null;
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            socket.sendBinary(ByteBuffer.wrap("\0before".getBytes(StandardCharsets.UTF_8)), true)
                    .join();
            await().until(() -> typed.contains("before"));
            server.orchestrator.tokens.clear();
            if (sends) {
                socket.sendBinary(ByteBuffer.wrap("\0after".getBytes(StandardCharsets.UTF_8)), true)
                        .join();
            } else {
                Objects.requireNonNull(command.get()).bytes(1, "after".getBytes(StandardCharsets.UTF_8));
            }
            await().until(() -> !said.isEmpty());
            assertThat(said).hasSize(1).first().asString().contains("unauthenticated", "was revoked");
            assertThat(typed).containsExactly("before");
            assertThat(left).isDone();
            typed.clear();
        }
    }

    @Test
    @DisplayName("a backup under way is sent no further once the token is revoked, and its file is gone either way")
    void backups(@TempDir Path folder) throws Exception {
        for (boolean revoked : new boolean[] {false, true}) {
            Path file = folder.resolve("backup.zip");
            byte[] all = new byte[32 << 20];
            new Random(1).nextBytes(all);
            Files.write(file, all);
            server.orchestrator.backup = file;
            HttpResponse<InputStream> answer =
                    server.client.send(asEve("/backup").build(), BodyHandlers.ofInputStream());
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/zip");
            if (revoked) {
                server.orchestrator.tokens.clear();
                assertThat(rest(answer.body())).endsWith(" <broken off>").hasSizeLessThan(all.length);
            } else {
                assertThat(answer.body().readAllBytes()).isEqualTo(all);
            }
            await().until(() -> Files.notExists(file));
        }
    }

    @Test
    @Timeout(60)
    @DisplayName("what a session follows ends with it, though its token is good for more")
    void streamsOfASession() throws Exception {
        String session = cookie(logIn(TOKEN), "knit_session_test");
        HttpResponse<InputStream> stream = server.client.send(
                server.request("/events").header("Cookie", session).build(), BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        server.orchestrator.event("deployment.created", "web-1", null, null, "web-1 came");
        StringBuilder read = new StringBuilder();
        while (!read.toString().contains("web-1 came")) {
            read.append((char) stream.body().read());
        }
        form("/dashboard/logout", session + "; " + csrfCookie, "csrf=" + csrf);
        server.orchestrator.event("deployment.created", "web-2", null, null, "web-2 came");
        read.append(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(read.toString()).doesNotContain("web-2");
    }

    @Test
    @DisplayName("who sends a form when his session is over is shown the login page, and a program is told in words")
    void formsOfASessionThatIsOver() throws Exception {
        String fields = "name=web&image=web:1&csrf=" + csrf;
        HttpRequest.Builder person = server.request("/dashboard/deploy")
                .header("Accept", "text/html,application/xhtml+xml")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", "knit_session_test=over; " + csrfCookie)
                .POST(BodyPublishers.ofString(fields));
        HttpResponse<String> page = server.send(person);
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("your session has ended, and nothing was done", "name=\"token\"");
        assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        HttpResponse<String> program = form("/dashboard/deploy", "knit_session_test=over; " + csrfCookie, fields);
        assertThat(program.statusCode()).isEqualTo(401);
        assertThat(program.body()).contains("\"code\":\"unauthenticated\"", "KNIT_TOKEN");
        HttpResponse<String> api = server.send(server.request("/deployments").header("Accept", "text/html"));
        assertThat(api.body()).as("what is no page").contains("\"code\":\"unauthenticated\"", "KNIT_TOKEN");
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("a browser that is sent from one cluster to another by one host name has a session with each")
    void twoClusters() throws Exception {
        String session = cookie(logIn(TOKEN), "knit_session_test");
        // cookies know no ports: all of a host name come along
        assertThat(page("knit_session_other=x; " + session + "; knit_session=y").statusCode())
                .isEqualTo(200);
        assertThat(form(
                                "/dashboard/undeploy",
                                session + "; knit_csrf=z; " + csrfCookie + "; knit_csrf_other=x",
                                "name=web&csrf=" + csrf)
                        .statusCode())
                .as("its own word is found")
                .isNotEqualTo(403);
        assertThat(new CookieName("a", () -> "k3-x9.fjq27aaaa").toString()).isEqualTo("a_k3x9fjq2");
        CookieName unknown = new CookieName("a", () -> {
            throw new KnitException(ErrorCode.CLOSED, "it does not run");
        });
        assertThat(unknown.toString()).isEqualTo("a");
    }

    @Test
    @DisplayName("after ten wrong ones it takes a while, and a right one is let in all the same")
    void wrongOnes() throws Exception {
        assertThat(form("/dashboard/login", "a=b", "token=ann&csrf=x").statusCode())
                .isEqualTo(403);
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> wrong = i % 2 == 0
                    ? logIn("wrong")
                    : server.send(server.request("/nodes").header("Authorization", "Bearer wrong"));
            assertThat(wrong.statusCode()).isEqualTo(401);
        }
        HttpResponse<String> late = logIn("wrong");
        assertThat(late.statusCode()).isEqualTo(429);
        assertThat(late.body()).contains("too many wrong tokens");
        assertThat(late.headers().firstValue("Retry-After").orElse("")).matches("[1-5]?\\d|60");
        HttpResponse<String> program = server.send(server.request("/nodes").header("Authorization", "Bearer wrong"));
        assertThat(program.statusCode()).isEqualTo(429);
        assertThat(program.headers().firstValue("Retry-After").orElse("")).matches("[1-5]?\\d|60");
        assertThat(program.body()).contains("\"code\":\"too_many_requests\"").doesNotContain("Bearer wrong");
        assertThat(logIn(TOKEN).statusCode()).isEqualTo(303);
    }
}
