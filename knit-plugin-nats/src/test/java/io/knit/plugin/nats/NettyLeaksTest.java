package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.Futures;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NettyLeaksTest {
    static Stream<ByteBufAllocator> allocators() {
        return Stream.of(PooledByteBufAllocator.DEFAULT, new AdaptiveByteBufAllocator(true));
    }

    @ParameterizedTest
    @MethodSource("allocators")
    @DisplayName("a buffer that nobody gives back is found, with where it was made")
    void findsLeak(ByteBufAllocator allocator) {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        List<String> found = new ArrayList<>();
        leak(allocator);
        Awaitility.await().atMost(Futures.PATIENCE).until(() -> found.addAll(NettyLeaks.take()));
        assertThat(found).singleElement().asString().contains("ByteBuf", "NettyLeaksTest.leak");
    }

    private static void leak(ByteBufAllocator allocator) {
        allocator.directBuffer(10).writeByte(1);
    }
}
