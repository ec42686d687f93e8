package io.knit.example.embedded;

import io.knit.api.embed.SpecRefusal;
import io.knit.api.model.DeploymentView;
import io.knit.core.ComposeFile;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.core.KnitStack;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What who embeds a server may have it do, as {@code docs/embedding.md} shows it. */
public final class OwnWords {
    private OwnWords() {}

    /** A server that takes only images of one registry, likes quiet nodes, and tells somebody of what fails. */
    static KnitServerBuilder hooked(Consumer<String> pager) {
        // [hooks]
        KnitServerBuilder builder = KnitServer.builder()
                .admission(spec -> spec.image().startsWith("registry.example.com/")
                        ? List.of()
                        : List.of(new SpecRefusal("/image", "only images of registry.example.com run here")))
                .scorer("quiet", 30, (spec, node) -> node.labels().containsKey("noisy") ? 0 : 100)
                .on("instance.failed", event -> pager.accept(event.message()));
        // [hooks]
        return builder;
    }

    /** All services of a Compose file, and nothing else of its stack, until they run. */
    static Future<List<DeploymentView>> stack(KnitServer server, String text, Map<String, String> variables) {
        // [stack]
        KnitStack shop =
                KnitStack.of(server, ComposeFile.of(text).project("shop").env(variables));
        return shop.deploy()
                .compose(made -> Future.all(made.stream()
                        .map(each -> server.awaitSettled(each, Duration.ofMinutes(5)))
                        .toList()))
                .compose(settled -> shop.prune().map(gone -> settled.list()));
        // [stack]
    }

    /** One that strangers may reach, for they need a token. */
    static KnitServerBuilder open(Path certificate, Path key) {
        // [secured]
        KnitServerBuilder builder = KnitServer.builder()
                .httpAddress("0.0.0.0:8443")
                .httpTls(certificate, key)
                .tokens();
        // [secured]
        return builder;
    }

    /** The same, where a certificate is asked for besides. */
    static KnitServerBuilder closed(Path certificate, Path key, Path authority) {
        // [authority]
        KnitServerBuilder builder = KnitServer.builder()
                .httpAddress("0.0.0.0:8443")
                .httpTls(certificate, key)
                .httpClientAuthority(authority)
                .tokens();
        // [authority]
        return builder;
    }

    /** One behind something else that keeps strangers out. */
    static KnitServerBuilder behindAProxy() {
        // [insecure]
        KnitServerBuilder builder =
                KnitServer.builder().httpAddress("0.0.0.0:8080").insecure();
        // [insecure]
        return builder;
    }
}
