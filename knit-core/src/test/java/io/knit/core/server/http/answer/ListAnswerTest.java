package io.knit.core.server.http.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.knit.core.server.http.RawHttp;
import io.knit.core.server.http.connection.Unread;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A list costs what its reader has not taken yet, and that is a few elements. */
class ListAnswerTest {
    private static final int ELEMENTS = 5_000;
    private static final String TEN_KIB = "x".repeat(10 * 1024);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger made = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        Router router = Router.router(vertx);
        Answers answers = new Answers(new Unread(1 << 20));
        router.get("/long")
                .handler(ctx -> ListAnswer.send(
                        answers,
                        ctx,
                        "all",
                        0,
                        IntStream.range(0, ELEMENTS)
                                .mapToObj(i -> {
                                    made.incrementAndGet();
                                    return TextNode.valueOf(i + TEN_KIB);
                                })
                                .iterator()));
        router.get("/empty")
                .handler(ctx ->
                        ListAnswer.send(answers, ctx, "all", 0, java.util.Collections.<JsonNode>emptyIterator()));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aReaderThatTakesNothingIsNotWrittenTo() throws Exception {
        try (RawHttp reader = new RawHttp(server.actualPort())) {
            reader.send("GET /long HTTP/1.0\r\nHost: localhost\r\n\r\n");
            // what fits the sockets' buffers on the way is a few MiB
            await().until(() -> made.get() > 0);
            AtomicInteger before = new AtomicInteger();
            await().during(Duration.ofMillis(500)).until(() -> before.getAndSet(made.get()) == made.get());
            assertThat(made).hasValueLessThan(ELEMENTS / 2);

            String answer = reader.rest();
            JsonNode all = new ObjectMapper()
                    .readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4))
                    .path("all");
            assertThat(all).hasSize(ELEMENTS);
            assertThat(all.path(ELEMENTS - 1).asText()).isEqualTo(ELEMENTS - 1 + TEN_KIB);
        }
    }

    @Test
    void anEmptyListIsOne() throws Exception {
        try (RawHttp reader = new RawHttp(server.actualPort())) {
            reader.send("GET /empty HTTP/1.0\r\nHost: localhost\r\n\r\n");
            assertThat(reader.rest()).endsWith("{\"all\":[]}");
        }
    }
}
