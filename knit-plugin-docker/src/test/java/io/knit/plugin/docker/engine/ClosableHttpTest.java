package io.knit.plugin.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.transport.DockerHttpClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClosableHttpTest {
    private static final DockerHttpClient.Request PING = DockerHttpClient.Request.builder()
            .method(DockerHttpClient.Request.Method.GET)
            .path("/_ping")
            .build();

    private final CountDownLatch waits = new CountDownLatch(1);

    /** Waits for ever, and its close changes nothing of that. */
    private final ClosableHttp http = new ClosableHttp(new DockerHttpClient() {
        @Override
        public Response execute(Request request) {
            waits.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("interrupted");
        }

        @Override
        public void close() {}
    });

    @Test
    @DisplayName("a close ends what waits on another thread, which goes on without a mark of it")
    void ends() throws Exception {
        CompletableFuture<Boolean> marked = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                http.execute(PING);
            } catch (IllegalStateException e) {
                marked.complete(Thread.currentThread().isInterrupted());
            }
        });
        caller.setDaemon(true);
        caller.start();
        waits.await();
        http.close();
        assertThat(marked.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    @DisplayName("nothing begins on one that is closed")
    void beginsNothing() throws Exception {
        http.close();
        assertThatThrownBy(() -> http.execute(PING)).hasMessageContaining("closed before it was used");
        assertThat(waits.getCount()).isEqualTo(1);
    }
}
