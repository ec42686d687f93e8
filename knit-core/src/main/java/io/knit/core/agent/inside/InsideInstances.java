package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.core.agent.output.OutputFolder;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.stream.GivingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives the server streams of this node's instances, and of no other container. On the loop of streams. */
public final class InsideInstances implements GivingStreams.Giver {
    private final Loop loop;
    private final ContainerRuntime runtime;
    private final String node;
    private final Supplier<@Nullable String> cluster;
    private final OutputFolder output;

    /**
     * @param cluster this node's, or null: it has not joined one; called on this loop
     * @param output what those wrote that are gone
     */
    public InsideInstances(
            Loop loop, ContainerRuntime runtime, String node, Supplier<@Nullable String> cluster, OutputFolder output) {
        this.loop = loop;
        this.runtime = runtime;
        this.node = node;
        this.cluster = cluster;
        this.output = output;
    }

    @Override
    public StreamListener give(StreamRequest request, StreamEnd end) {
        if (!InstanceIds.isId(request.instance())) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "that is no instance's id");
        }
        LogRange range = request.logs();
        if (request.kind().equals(StreamRequest.LOGS) && range != null) {
            return logs(request.instance(), range, end);
        }
        throw new KnitException(
                ErrorCode.VERSION_NOT_SPOKEN,
                "the agent on " + node + " does not know " + PlainText.of(request.kind(), 40) + "; upgrade it");
    }

    private StreamListener logs(String instance, LogRange range, StreamEnd end) {
        LogsAbility able = runtime instanceof LogsAbility logs ? logs : null;
        if (able == null) {
            throw cant("gives no logs");
        }
        LogGiving giving = new LogGiving(loop, end, LogGiving.query(range), LogGiving.afterwards(range));
        container(instance)
                .onFailure(end::fail)
                .onSuccess(found -> found.ifPresentOrElse(
                        container -> giving.begin(able, container), () -> kept(instance, giving, end)));
        return giving;
    }

    private KnitException cant(String what) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, "the container runtime of node " + node + " " + what);
    }

    /** The container of an instance that this node's agent made. */
    private Future<Optional<String>> container(String instance) {
        String mine = cluster.get();
        if (mine == null) {
            return Future.failedFuture(
                    new KnitException(ErrorCode.WRONG_CLUSTER, "node " + node + " has not joined a cluster yet"));
        }
        return loop.bring(runtime.snapshot(mine))
                .map(all -> newest(all.containers(), instance).map(ContainerSnapshot::id));
    }

    private void kept(String instance, LogGiving giving, StreamEnd end) {
        loop.blocking(() -> output.read(instance)).onFailure(end::fail).onSuccess(found -> {
            if (found.isEmpty()) {
                end.fail(new KnitException(
                        ErrorCode.NOT_FOUND,
                        "instance " + instance + " has no container on node " + node
                                + " now, and nothing that it wrote is kept there; that is for "
                                + OutputFolder.KEPT.toDays() + " days after its end"));
            } else {
                giving.begin(new KeptLines(loop, found.get()), instance);
            }
        });
    }

    private Optional<ContainerSnapshot> newest(Iterable<ContainerSnapshot> containers, String instance) {
        ContainerSnapshot newest = null;
        for (ContainerSnapshot container : containers) {
            String maker = container.labels().get(KnitLabels.NODE);
            boolean own = maker == null || maker.equals(node);
            if (own
                    && Objects.equals(container.labels().get(KnitLabels.INSTANCE), instance)
                    && (newest == null || newest.createdAt() < container.createdAt())) {
                newest = container;
            }
        }
        return Optional.ofNullable(newest);
    }
}
