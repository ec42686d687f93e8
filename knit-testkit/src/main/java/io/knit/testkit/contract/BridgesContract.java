package io.knit.testkit.contract;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.BridgesAbility;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a {@link ContainerRuntime} must do that is a {@link BridgesAbility}, too, where its host has an address on its own network. */
public abstract class BridgesContract {
    private @Nullable ContainerRuntime runtime;

    /** A runtime on the engine under test. */
    protected abstract Future<? extends ContainerRuntime> open();

    /** Gives back what the test's components needed; runs after they were closed. */
    protected void afterClosing() {}

    @BeforeEach
    void openRuntime() {
        runtime = await(open());
    }

    @AfterEach
    void close() {
        if (runtime != null) {
            await(runtime.close());
        }
        afterClosing();
    }

    @Test
    @DisplayName(
            "1, 2: its own network comes first, with an address of this host in a subnet; also of a cluster that is not there")
    void itsOwnFirst() {
        if (!(runtime instanceof BridgesAbility ability)) {
            throw new AssertionError("open() gave no runtime that names its networks");
        }
        List<Bridge> bridges = await(ability.bridges("no-such-cluster"));
        assertThat(bridges).hasSize(1);
        Bridge own = bridges.get(0);
        assertThat(own.gateway()).matches("[0-9.]+|[0-9a-f:]+");
        assertThat(own.subnet()).matches("([0-9.]+|[0-9a-f:]+)/[0-9]+");
        assertThat(await(ability.bridges(""))).isEqualTo(bridges);
    }
}
