package io.knit.core.wire.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SendAccountTest {
    @Test
    @DisplayName("however much the other end says it takes, no more than a window is on its way to it")
    void boundless() {
        SendAccount account = new SendAccount();
        account.allow(Long.MAX_VALUE);
        assertThat(account.room()).isEqualTo(StreamEnd.WINDOW);
        account.spend(StreamEnd.WINDOW);
        assertThat(account.room()).isZero();

        account.allow(StreamEnd.WINDOW + 10L);
        assertThat(account.room()).isEqualTo(10);
        account.allow(5);
        assertThat(account.room()).isEqualTo(10);
    }
}
