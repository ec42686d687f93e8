package io.knit.testkit.fleet;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.core.KnitServer;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A server and its nodes, as {@link KnitFleet} gives it to a test. For one thread. */
public interface TestFleet extends AutoCloseable {
    /** The server, to command and to ask. In virtual time it answers only while time passes: {@link #await}. */
    KnitServer server();

    /** Where its REST API is; empty in virtual time. */
    Optional<URI> api();

    /**
     * The future's result or failure, waited for.
     *
     * @throws AssertionError if it is not complete within ten minutes of virtual time, or one of real time
     */
    <T> T await(Future<T> future);

    /** Waits until this holds, as long as {@link #await} does; false if it does not. */
    boolean comesTrue(BooleanSupplier condition);

    /** Deploys, and does not wait until anything runs. */
    default DeploymentView deploy(DeploymentSpec spec) {
        return await(server().deploy(spec));
    }

    /** Undeploys, and does not wait until it is gone. */
    default DeploymentView undeploy(String name) {
        return await(server().undeploy(name));
    }

    /**
     * Lets so much time pass.
     *
     * @throws UnsupportedOperationException in real time: there wait for what you want to see
     */
    void runFor(Duration time);

    /**
     * What is on a node's engine, with all that ended.
     *
     * @throws UnsupportedOperationException where that is Docker
     */
    List<ContainerSnapshot> containers(String node);

    /** Ends a node's agent, in virtual time as {@code kill -9} does; its engine and containers go on. */
    void stopAgent(String node);

    /** Starts a node's agent again. */
    void startAgent(String node);

    @Override
    void close();
}
