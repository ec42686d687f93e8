package io.knit.plugin.wgmesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeshAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.54.0.15, 10.54.0.15",
        "10.54.0.15/16, 10.54.0.15",
        "10.54.0.15/32, 10.54.0.15",
        "fd00:0:0:0::1/64, fd00::1",
        "FD00::A, fd00::a",
        "fd00::1/128, fd00::1"
    })
    void literals(String text, String expected) {
        assertThat(MeshAddress.read(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "10.54.0",
                "10.54.0.256",
                "1.2.3.4.5",
                "12345",
                "10.54.0.15/33",
                "10.54.0.15/",
                "10.54.0.15/-1",
                "10.54.0.15/16/16",
                "fd00::1/129",
                "fd00::1%eth0",
                "[fd00::1]",
                "fd00:::1",
                "cafe",
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "ff02::1"
            })
    void others(String text) {
        assertThat(MeshAddress.read(text)).isEmpty();
    }
}
