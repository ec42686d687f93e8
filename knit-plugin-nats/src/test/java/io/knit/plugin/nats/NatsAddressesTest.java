package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NatsAddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.54.0.1 | nats://10.54.0.1",
                "one:4222 | nats://one:4222",
                "nats://one:4222, tls://two | nats://one:4222,tls://two",
                "[fd00::1]:4222 | nats://[fd00::1]:4222",
            })
    @DisplayName("scheme and port may be left out")
    void read(String text, String whole) {
        assertThat(NatsAddresses.parse("nats-url", text).withCredentials()).containsExactly(whole.split(","));
    }

    @Test
    @DisplayName("credentials reach the client library and no text")
    void accepted() {
        NatsAddresses addresses = NatsAddresses.parse("nats-url", "nats://me:hush@one:4222,hush@two");
        assertThat(addresses.withCredentials()).containsExactly("nats://me:hush@one:4222", "nats://hush@two");
        assertThat(addresses).hasToString("nats://one:4222,nats://two");
        assertThat(NatsAddresses.redact("can't connect to nats://me:hush@one:4222 or nats://hush@two"))
                .isEqualTo("can't connect to nats://one:4222 or nats://two");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:hush@one",
                "nats://me:hush@",
                "nats://me:hush@one:0",
                "nats://me:hush@one:65536",
                "nats://me:hu sh@one",
                "nats://me:hush/@one",
                "nats://me:hush%@one",
                "nats://me:hush^@one",
                "me:hush@one:4222:4222",
                "nats://me:x,hush@one",
                "nats://one,nats://hush@two:x",
                "nats://one:x,nats://hush@two",
            })
    @DisplayName("a refusal never repeats an address with credentials, nor one that stands beside it")
    void refused(String text) {
        KnitException refusal = catchThrowableOfType(KnitException.class, () -> NatsAddresses.parse("nats-url", text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        StringWriter all = new StringWriter();
        refusal.printStackTrace(new PrintWriter(all));
        assertThat(all.toString())
                .contains("nats-url", "not shown", "nats://USER:PASSWORD@HOST:PORT")
                .doesNotContain("hush", "hu sh", "sh@", "one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "one:x", "one,,two", "http://one", "one:99999", "nats://"})
    @DisplayName("a refusal of an address without credentials shows it")
    void shown(String text) {
        KnitException refusal = catchThrowableOfType(KnitException.class, () -> NatsAddresses.parse("nats-url", text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal).hasMessageStartingWith("nats-url is \"").hasMessageContaining("give nats://HOST:PORT");
    }
}
