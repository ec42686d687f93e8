package io.knit.core.server.hooks;

import io.knit.api.embed.Scorer;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.core.plugin.Foreign;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says it when one throws; the scheduler, which is pure, can't. Thread-safe. */
public final class LoggedScorer implements Scorer {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedScorer.class);

    private final String name;
    private final Scorer scorer;
    private final AtomicLong failed = new AtomicLong();

    public LoggedScorer(String name, Scorer scorer) {
        this.name = name;
        this.scorer = scorer;
    }

    @Override
    public int score(DeploymentSpec spec, Node node) {
        return Foreign.call(() -> scorer.score(spec, node), e -> failed(spec, node, e));
    }

    private int failed(DeploymentSpec spec, Node node, Throwable e) {
        long times = failed.incrementAndGet();
        // one that always throws does so for each node of each group
        if (Long.bitCount(times) == 1) {
            LOG.warn(
                    "The scorer {} failed for {} on {}, {} times by now; it counts as 0",
                    name,
                    spec.name(),
                    node.id(),
                    times,
                    e);
        }
        return 0;
    }
}
