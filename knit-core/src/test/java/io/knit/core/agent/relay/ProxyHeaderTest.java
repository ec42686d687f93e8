package io.knit.core.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** By the examples of the protocol's own words: chapter 2.2. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static String header(String from, int fromPort, String to, int toPort) {
        return HexFormat.of()
                .formatHex(ProxyHeader.of(new InetSocketAddress(from, fromPort), new InetSocketAddress(to, toPort)));
    }

    @Test
    void ofIpv4() {
        assertThat(header("192.0.2.7", 56_324, "10.54.0.15", 443))
                .isEqualTo(SIGNATURE + "21" + "11" + "000c" + "c0000207" + "0a36000f" + "dc04" + "01bb");
    }

    @Test
    void ofIpv6() {
        assertThat(header("2001:db8::7", 1, "fd00::1", 65_535))
                .isEqualTo(SIGNATURE + "21" + "21" + "0024" + "20010db8000000000000000000000007"
                        + "fd000000000000000000000000000001" + "0001" + "ffff");
    }
}
