package io.knit.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortBindingTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "0.0.0.0, 127.0.0.1, true",
        "0.0.0.0, 0.0.0.0, true",
        "0.0.0.0, ::, false",
        "0.0.0.0, ::1, false",
        "::, ::1, true",
        "::, 127.0.0.1, false",
        "0:0:0:0:0:0:0:0, fe80::1, true",
        "::1, 0:0::1, true",
        "FE80::1, fe80::1, true",
        "::1, ::2, false",
    })
    void oneAddressOrTheWildcardOfItsFamily(String one, String other, boolean clash) {
        assertThat(on(one).clashesWith(on(other))).isEqualTo(clash);
        assertThat(on(other).clashesWith(on(one))).isEqualTo(clash);
    }

    @Test
    void onlyOnOnePortOfOneProtocol() {
        assertThat(on("0.0.0.0").clashesWith(new PortBinding("0.0.0.0", 81, 80, Protocol.TCP)))
                .isFalse();
        assertThat(on("0.0.0.0").clashesWith(new PortBinding("0.0.0.0", 80, 80, Protocol.UDP)))
                .isFalse();
    }

    @Test
    void oneThatIsRelayedIsSharedWithItsLikeOnly() {
        PortBinding one = new PortBinding("::1", 80, 80, Protocol.TCP, true, false);
        PortBinding same = new PortBinding("0::1", 80, 81, Protocol.TCP, true, true);
        assertThat(one.isSharedWith(same)).isTrue();
        assertThat(one.clashesWith(same)).isTrue();
        assertThat(one.isSharedWith(on("::1"))).isFalse();
        assertThat(on("::1").isSharedWith(one)).isFalse();
        assertThat(one.isSharedWith(new PortBinding("::", 80, 80, Protocol.TCP, true, false)))
                .isFalse();
        assertThat(one.isSharedWith(new PortBinding("::1", 81, 80, Protocol.TCP, true, false)))
                .isFalse();
        assertThat(same.plain()).isEqualTo(new PortBinding("0::1", 80, 81, Protocol.TCP));
        assertThat(on("::1").plain()).isEqualTo(on("::1"));
    }

    private static PortBinding on(String ip) {
        return new PortBinding(ip, 80, 80, Protocol.TCP);
    }
}
