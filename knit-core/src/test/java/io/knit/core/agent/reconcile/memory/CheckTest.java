package io.knit.core.agent.reconcile.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.runtime.ContainerHealth;
import org.junit.jupiter.api.Test;

class CheckTest {
    private static final HealthSpec TCP = HealthSpec.of(new TcpCheck(80));

    @Test
    void whatIsCheckedIsNotHealthyBeforeItWasLookedAt() {
        assertThat(Check.atStart(TCP, false)).isEqualTo(Health.STARTING);
        assertThat(Check.atStart(HealthSpec.IMAGE, true)).isEqualTo(Health.STARTING);
        assertThat(Check.atStart(HealthSpec.IMAGE, false)).isEqualTo(Health.NONE);
        assertThat(Check.atStart(HealthSpec.DISABLED, true)).isEqualTo(Health.NONE);
    }

    @Test
    void theImagesCheckCountsWhereTheSpecHasNoneAndDoesNotDisableIt() {
        ContainerHealth sick = new ContainerHealth(Health.UNHEALTHY, "no route");
        assertThat(Check.NONE.of(HealthSpec.IMAGE, sick))
                .isEqualTo(new Check(Health.UNHEALTHY, "health check of its image: no route"));
        assertThat(Check.NONE.of(HealthSpec.IMAGE, null)).isEqualTo(Check.NONE);
        assertThat(Check.NONE.of(HealthSpec.DISABLED, sick)).isEqualTo(Check.NONE);
        assertThat(Check.NONE.of(TCP, sick)).isEqualTo(new Check(Health.STARTING, ""));
    }
}
