package io.knit.core.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgentIdentityTest {
    @Test
    void theIdentityIsNotInItsText() {
        assertThat(new AgentIdentity("n1", "hush", "c", 1))
                .asString()
                .contains("n1")
                .doesNotContain("hush");
    }
}
