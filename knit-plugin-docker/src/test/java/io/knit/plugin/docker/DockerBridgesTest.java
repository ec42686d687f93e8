package io.knit.plugin.docker;

import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.contract.BridgesContract;
import io.vertx.core.Future;

@RequiresDocker
class DockerBridgesTest extends BridgesContract {
    @Override
    protected Future<? extends ContainerRuntime> open() {
        return Future.succeededFuture(
                new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults()));
    }
}
