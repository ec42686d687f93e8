package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With parts that take their time to be made, as those of plugins do. */
class ListenAtOnceTest {
    @TempDir
    Path dir;

    @Test
    @DisplayName("who listens as soon as start() was called misses nothing, and before that is told to call it")
    void fromTheStart() {
        List<String> heard = new CopyOnWriteArrayList<>();
        KnitServer server = KnitServer.builder()
                .withoutHttp()
                .dataDir(dir)
                .config("nats-addr", "127.0.0.1:0")
                .build();
        assertThatThrownBy(() -> server.listen(event -> {}))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("call start() first");
        try {
            Future<KnitServer> start = server.start();
            server.listen(event -> heard.add(event.type()));
            Futures.await(start);
            Futures.await(server.deploy(DeploymentSpec.builder("web", "nginx:1").build()));
            assertThat(heard).contains("deployment.created");
        } finally {
            Futures.await(server.close());
        }
    }
}
