package io.knit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.knit.client.KnitClientException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes as it happens, of servers that keep still, go without a word, or are not wanted any more. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class StreamedBodyTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(300);
    private static final String WEBSOCKETS = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final CompletableFuture<String> left = new CompletableFuture<>();
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private HttpServer server;

    /** A server that begins a stream and keeps still until it is told to go on; then it writes for as long as anybody reads. */
    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(handlers);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write("retry: 1000\n: knit\n\ndata: {\"seq\":1}\n\n".getBytes(StandardCharsets.UTF_8));
                body.flush();
                goesOn.await();
                while (true) {
                    body.write(": keep-alive\n\n".getBytes(StandardCharsets.UTF_8));
                    body.flush();
                }
            } catch (IOException e) {
                left.complete("left");
                throw e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        handlers.shutdownNow();
    }

    private KnitClient knit(int port, Duration silence) {
        URI there = URI.create("http://127.0.0.1:" + port);
        return new KnitClient(new Requests(there, HttpClient.newHttpClient(), null, silence, silence, silence));
    }

    private KnitClient knit(Duration silence) {
        return knit(server.getAddress().getPort(), silence);
    }

    @Test
    @DisplayName("a stream of which nothing is heard for so long ends in words, and is closed")
    void silent() {
        List<Integer> seen = new ArrayList<>();
        KnitClientException gone = catchThrowableOfType(
                KnitClientException.class,
                // what was sent is heard by then on a busy machine, too
                () -> knit(Duration.ofSeconds(2))
                        .events(null, null, event -> seen.add(event.path("seq").asInt())));
        assertThat(gone.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(gone).hasMessageContaining("nothing was heard for 2 s");
        assertThat(seen).containsExactly(1);
        goesOn.countDown();
        assertThat(left.join()).isEqualTo("left");
    }

    @Test
    @DisplayName("so does one whose answer does not even begin")
    void notBegun() throws IOException {
        try (ServerSocket hung = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> knit(hung.getLocalPort(), SOON).events(null, null, event -> {}))
                    .isInstanceOf(KnitClientException.class)
                    .hasMessageContaining("nothing was heard for 0 s");
        }
    }

    @Test
    @DisplayName("so does an answer that stops in the middle")
    void halfAnAnswer() {
        KnitClientException gone =
                catchThrowableOfType(KnitClientException.class, () -> knit(SOON).deployments());
        assertThat(gone.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(gone).hasMessageContaining("broke off before its answer was there (nothing was heard for 0 s)");
        assertThat(gone.isInDoubt()).isFalse();
        assertThat(catchThrowableOfType(
                                KnitClientException.class, () -> knit(SOON).restart("web", false, ChangeTerms.none()))
                        .isInDoubt())
                .isTrue();
        goesOn.countDown();
        assertThat(left.join()).isEqualTo("left");
    }

    /** Whether the server says that it is there; if so, each time is counted. */
    private CountDownLatch pings(boolean answered) {
        CountDownLatch counted = new CountDownLatch(3);
        server.createContext("/ping", exchange -> {
            if (answered) {
                exchange.sendResponseHeaders(200, -1);
            }
            exchange.close();
            counted.countDown();
        });
        return counted;
    }

    @Test
    @DisplayName("what may rightly be still is waited for while its server is there")
    void stillThere() throws Exception {
        CountDownLatch pings = pings(true);
        try (InputStream backup = knit(SOON).backup()) {
            int begin = "retry: 1000\n: knit\n\ndata: {\"seq\":1}\n\n".length();
            assertThat(backup.readNBytes(begin)).hasSize(begin);
            CompletableFuture<Integer> next = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return backup.read();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    handlers);
            pings.await();
            assertThat(next).isNotDone();
            goesOn.countDown();
            assertThat(next.join()).isEqualTo(':');
        }
        assertThat(left.join()).isEqualTo("left");
    }

    @Test
    @DisplayName("once that is not there any more, its reading fails")
    void goneMeanwhile() throws Exception {
        // while the answer has not begun, which may take longer than SOON on a busy machine
        pings(true);
        try (InputStream backup = knit(SOON).backup()) {
            server.removeContext("/ping");
            pings(false);
            assertThatThrownBy(backup::readAllBytes).hasMessage("nothing was heard for 0 s");
        }
        goesOn.countDown();
        assertThat(left.join()).isEqualTo("left");
    }

    @Test
    @DisplayName("so does what waits for the begin of an answer, without bounds while its server is there")
    void goneBeforeTheAnswer() throws Exception {
        CountDownLatch pings = pings(true);
        CountDownLatch hung = new CountDownLatch(1);
        server.createContext("/images", exchange -> {
            exchange.getRequestBody().readAllBytes();
            hold(hung);
            exchange.close();
        });
        CompletableFuture<KnitClientException> thrown = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(
                        KnitClientException.class,
                        () -> knit(SOON).pushImage("app:1", List.of(), InputStream.nullInputStream())),
                handlers);
        pings.await();
        assertThat(thrown).isNotDone();
        server.removeContext("/ping");
        pings(false);
        assertThat(thrown.join().kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(thrown.join().isInDoubt()).isTrue();
        assertThat(thrown.join()).hasMessageContaining("nothing was heard for 0 s");
        hung.countDown();
    }

    private static void hold(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void interrupted(Consumer<Runnable> reading) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<KnitClientException> thrown = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            thrown.complete(catchThrowableOfType(KnitClientException.class, () -> reading.accept(begun::countDown)));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        begun.await();
        thread.interrupt();
        assertThat(thrown.join()).hasMessageStartingWith("interrupted");
        assertThat(flag.join()).isTrue();
        goesOn.countDown();
        assertThat(left.join()).isEqualTo("left");
    }

    @Test
    @DisplayName("an interrupt ends the reading of events, and the server is left")
    void interruptedEvents() throws InterruptedException {
        interrupted(begun -> knit(NEVER).events(null, null, event -> begun.run()));
    }

    @Test
    @DisplayName("an interrupt ends the reading of lines, and the server is left")
    void interruptedLines() throws InterruptedException {
        interrupted(begun -> knit(NEVER).deploymentLogs("web", LogTerms.all(), line -> begun.run()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a change that is interrupted while its answer is waited for may have been made")
    void interruptedChange(boolean change) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch hung = new CountDownLatch(1);
        server.createContext("/deployments", exchange -> {
            exchange.getRequestBody().readAllBytes();
            sent.countDown();
            hold(hung);
            exchange.close();
        });
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<KnitClientException> thrown = new CompletableFuture<>();
        KnitClient knit = knit(NEVER);
        Thread thread = new Thread(() -> {
            thrown.complete(catchThrowableOfType(KnitClientException.class, () -> {
                if (change) {
                    knit.restart("web", false, ChangeTerms.none().waiting(Duration.ofMinutes(5)));
                } else {
                    knit.deployments();
                }
            }));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        sent.await();
        thread.interrupt();
        assertThat(thrown.join()).hasMessageStartingWith("interrupted while ");
        assertThat(thrown.join().isInDoubt()).isEqualTo(change);
        assertThat(thrown.join().kind()).isEqualTo(Kind.FAILED);
        assertThat(flag.join()).isTrue();
        hung.countDown();
    }

    @Test
    @DisplayName("who can't do with a stream what he wanted it for leaves the server, too")
    void openedInVain() {
        assertThatThrownBy(() -> knit(NEVER)
                        .events(
                                null,
                                null,
                                () -> {
                                    throw new IllegalStateException("in vain");
                                },
                                event -> {}))
                .hasMessage("in vain");
        goesOn.countDown();
        assertThat(left.join()).isEqualTo("left");
    }

    @Test
    @DisplayName("pieces are asked for one by one, and read whole; then comes the end, or why there is none")
    void pieces() throws IOException {
        List<Long> asked = new ArrayList<>();
        StreamedBody body = new StreamedBody(NEVER);
        body.onSubscribe(source(asked, () -> {}));
        body.onNext(List.of(bytes("ab"), bytes(""), bytes("cde")));
        assertThat(asked).containsExactly(1L);
        assertThat(body.read()).isEqualTo('a');
        assertThat(asked).containsExactly(1L, 1L);
        body.onNext(List.of());
        body.onComplete();
        assertThat(body.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("bcde");
        assertThat(body.read()).isEqualTo(-1);

        StreamedBody broken = new StreamedBody(NEVER);
        broken.onSubscribe(source(new ArrayList<>(), () -> {}));
        broken.onNext(List.of(bytes("a")));
        broken.onError(new IOException("reset"));
        assertThat(broken.read()).isEqualTo('a');
        assertThatThrownBy(broken::read).isInstanceOf(IOException.class).hasMessage("reset");
    }

    @Test
    @DisplayName("what is closed before there is anything to read asks for nothing")
    void closedEarly() {
        List<Long> asked = new ArrayList<>();
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        StreamedBody body = new StreamedBody(NEVER);
        body.close();
        body.onSubscribe(source(asked, () -> cancelled.complete("cancelled")));
        assertThat(asked).isEmpty();
        assertThat(cancelled).isCompletedWithValue("cancelled");
        assertThatThrownBy(body::read).hasMessage("it was closed");
    }

    private static Subscription source(List<Long> asked, Runnable cancelled) {
        return new Subscription() {
            @Override
            public void request(long count) {
                asked.add(count);
            }

            @Override
            public void cancel() {
                cancelled.run();
            }
        };
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("a command's server of which not even a ping is heard for so long is gone")
    void silentShell() throws Exception {
        try (ServerSocket there = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            handlers.execute(() -> pinged(there));
            ShellOutput nothing = new ShellOutput() {
                @Override
                public void output(byte[] bytes) {}

                @Override
                public void error(byte[] bytes) {}
            };
            RemoteShell shell = new RemoteShell(nothing, SOON);
            URI here = URI.create("http://127.0.0.1:" + there.getLocalPort());
            new Requests(here, HttpClient.newHttpClient(), null).connect("/exec", "", shell.listener());
            assertThatThrownBy(shell::await)
                    .isInstanceOf(KnitClientException.class)
                    .hasMessage("the connection to the server broke off: nothing was heard for 0 s");
            assertThat(left.join()).startsWith("left");
        }
    }

    /** Opens a WebSocket, and reads until it is closed. */
    private void pinged(ServerSocket there) {
        try (Socket socket = there.accept()) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            String key = head.toString().replaceFirst("(?si).*Sec-WebSocket-Key: ([^\r]+)\r.*", "$1");
            byte[] hash =
                    MessageDigest.getInstance("SHA-1").digest((key + WEBSOCKETS).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream()
                    .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: "
                                    + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            while (in.read() >= 0) {
                // until it is left
            }
            left.complete("left");
        } catch (Exception e) {
            left.complete("left by " + e);
        }
    }
}
