package io.knit.example.embedded;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitServer;
import java.nio.file.Path;

/** The shortest program with Knit in it, as the README shows it: a server that waits for its first agent. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {
        // [readme]
        KnitServer server = KnitServer.builder().dataDir(Path.of("knit-data")).build();
        server.start()
                .compose(started -> started.deploy(
                        DeploymentSpec.builder("hello", "nginx:alpine").port(80).build()))
                .onSuccess(deployment -> System.out.println(deployment.status()))
                .onFailure(error -> System.err.println(error.getMessage()));
        // [readme]
    }
}
