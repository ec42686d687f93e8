package io.knit.launcher.remote.deploy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EmptyStackTest {
    @Test
    @DisplayName("of nothing no stack is made, for all that is deployed of it would be pruned")
    void none() {
        assertThatThrownBy(() -> Stack.of("shop", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("undeploy --stack NAME");
    }
}
