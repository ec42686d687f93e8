package io.knit.plugin.nats.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketKindTest {
    @Test
    void epollNeedsAllItsPartsOfOneVersion() {
        assertThat(SocketKind.fit(parts("4.2.20", "4.2.20", "4.2.20"))).isTrue();
        assertThat(SocketKind.fit(parts("4.2.20", "4.2.20", "4.2.13"))).isFalse();
        assertThat(SocketKind.fit(parts("4.2.20", "4.2.13", "4.2.13"))).isFalse();
        assertThat(SocketKind.fit(Map.of())).isFalse();
    }

    @Test
    void javasOwnSocketsServeWhereThereIsNoNativeLibrary() {
        assertThat(SocketKind.present()).isEqualTo(SocketKind.NIO); // this build brings none
    }

    private static Map<String, String> parts(String netty, String classes, String library) {
        return Map.of(
                "netty-transport", netty,
                "netty-transport-classes-epoll", classes,
                "netty-transport-native-epoll", library);
    }
}
