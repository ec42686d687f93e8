package io.knit.core.server;

import io.knit.api.ServerTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.Store;
import io.knit.api.spi.transport.Transport;
import io.knit.core.server.admission.SourceFiles;
import io.knit.core.server.events.EventFeed;
import io.knit.core.server.hooks.EmbedderHooks;
import io.knit.core.server.value.KeySource;
import io.knit.core.server.webhook.delivery.Post;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What a server is made of.
 *
 * @param streams where what is looked at inside of instances goes its way; may be {@code loop}
 * @param closed whether only invited agents may join as new nodes; needs a transport that sees its peers
 * @param newCluster whether an empty store may be begun where there was a cluster
 * @param mark remembers which
 * @param keys of secrets
 * @param dataDir in which backups are made
 * @param post sends what webhooks are sent
 * @param admission checks a spec and completes it, or throws; may block
 * @param granted what anyone who deploys may ask of hosts
 * @param hooks of who embeds it
 * @param feed who listens, maybe already
 */
public record ServerParts(
        Loop loop,
        Loop streams,
        IdSource ids,
        Store store,
        Transport transport,
        Discovery discovery,
        ServerTiming timing,
        boolean closed,
        boolean newCluster,
        ClusterMark mark,
        KeySource keys,
        Path dataDir,
        Post post,
        BiFunction<DeploymentSpec, SourceFiles, DeploymentSpec> admission,
        List<String> granted,
        EmbedderHooks hooks,
        EventFeed feed) {}
