package io.knit.core.server.http.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.http.ApiServer;
import io.vertx.core.net.SocketAddress;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class ClientRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final ClientRates rates = new ClientRates(10, false, 3);

    private static SocketAddress from(String address) {
        return SocketAddress.inetSocketAddress(40_000, address);
    }

    private int served(String address, int requests, long now) {
        int served = 0;
        for (int i = 0; i < requests; i++) {
            served += rates.take(from(address), now) == 0 ? 1 : 0;
        }
        return served;
    }

    @Test
    void twoSecondsRequestsMayComeAtOnceThenSoManyASecond() {
        assertThat(served("10.0.0.1", 100, 0)).isEqualTo(20);
        assertThat(served("10.0.0.1", 100, SECOND)).isEqualTo(10);
        assertThat(served("10.0.0.1", 100, SECOND + SECOND / 2)).isEqualTo(5);
        assertThat(rates.take(from("10.0.0.1"), SECOND + SECOND / 2)).isEqualTo(1);
    }

    @Test
    void eachClientHasItsOwn() {
        assertThat(served("10.0.0.1", 30, 0)).isEqualTo(20);
        assertThat(served("10.0.0.2", 30, 0)).isEqualTo(20);
    }

    @Test
    void aNetworkOfIpV6IsOneClient() {
        assertThat(served("2001:db8::1", 15, 0) + served("2001:db8::2", 15, 0)).isEqualTo(20);
        assertThat(served("2001:db8:0:1::1", 30, 0)).isEqualTo(20);
    }

    @Test
    void whoAsksFromThisHostIsNotCounted() {
        assertThat(served("127.0.0.1", 100, 0)).isEqualTo(100);
        assertThat(served("::1", 100, 0)).isEqualTo(100);
    }

    @Test
    void noMoreClientsAreRememberedThanThereIsRoomFor() {
        for (int i = 0; i < 50; i++) {
            rates.take(from("10.0.1." + i), 0);
        }
        assertThat(rates.known()).isEqualTo(3);
    }

    @Test
    void noneCountsNobody() {
        ClientRates none = new ClientRates(ClientRates.NONE, true, 3);
        for (int i = 0; i < 100; i++) {
            assertThat(none.take(from("10.0.0.1"), 0)).isZero();
        }
    }

    /** The way of a refusal, from this host, which is counted for once. */
    @Test
    void whoAsksTooOftenIsToldWhenToComeAgain() throws Exception {
        try (ApiServer server = new ApiServer(HttpLimits.forHeap(1L << 30), new ClientRates(1, true, 10))) {
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
            assertThat(server.get("/ping").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = server.get("/v1/deployments");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.body()).contains("\"code\":\"too_many_requests\"", "\"retryable\":true");
        }
    }
}
